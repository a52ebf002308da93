"""The desk's forms: what each act asks for. Sums are typed in złoty and become grosze."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NumberInvalid
from stdnum.pl import nip

from core.money import AmountError, AmountReason, parse_amount
from core.periods import WARSAW, period_of
from core.text import TextError, clean_line

LONGEST_REASON = 500
LARGEST_SUM = 100_000_000_00
SUM_REFUSALS = {
    AmountReason.EMPTY: _("Type a sum."),
    AmountReason.NOT_A_NUMBER: _("This is not a sum. Type it like 1250,50."),
    AmountReason.NOT_POSITIVE: _("The sum must be more than zero."),
    AmountReason.TOO_SMALL: _("The sum must be more than zero."),
    AmountReason.TOO_LARGE: _("This sum is too large."),
    AmountReason.TOO_PRECISE: _("A sum has at most two digits after the comma."),
}


class SumField(forms.CharField):
    """A sum typed in złoty; cleaned to grosze."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed and not self.required:
            return None
        try:
            return parse_amount(typed, language=get_language() or "pl", least=1, most=LARGEST_SUM)
        except AmountError as refusal:
            raise ValidationError(SUM_REFUSALS[refusal.reason]) from refusal


class LineField(forms.CharField):
    """One line of text, without anything that could mislead."""

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            return clean_line(typed, max_length=self.max_length or 300)
        except TextError as refusal:
            raise ValidationError(_("This text holds signs that can't be kept, or is too long.")) from refusal


class NipField(LineField):
    """A Polish tax number; cleaned to its ten digits."""

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed and not self.required:
            return ""
        try:
            return nip.validate(typed)
        except NumberInvalid as refusal:
            raise ValidationError(_("This is not a NIP: its digits don't add up.")) from refusal


class PastDateField(forms.DateField):
    """A day up to today, in Warsaw."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(input_formats=["%Y-%m-%d", "%d.%m.%Y"], **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and not dt.date(2020, 1, 1) <= day <= timezone.now().astimezone(WARSAW).date():
            raise ValidationError(_("The day must be between 2020 and today."))
        return day


def noon(day: dt.date, *, now: dt.datetime) -> dt.datetime:
    """An instant on a day that somebody typed: its noon in Warsaw, or now when that is earlier."""
    return min(dt.datetime.combine(day, dt.time(12), tzinfo=WARSAW), now)


class MonthField(forms.CharField):
    """A month typed like 2026-11; cleaned to 202611."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "2026-11"}))
        super().__init__(max_length=7, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            day = dt.datetime.strptime(typed, "%Y-%m").replace(tzinfo=dt.UTC)
        except ValueError as refusal:
            raise ValidationError(_("Type the month like 2026-11.")) from refusal
        if not 2020 <= day.year <= 2100:
            raise ValidationError(_("Type the month like 2026-11."))
        return period_of(day)


class ReasonForm(forms.Form):
    """What every act asks: why. `errors_at` says beside which field a refusal of the domain stands."""

    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    reason = LineField(label=_("Reason"), max_length=LONGEST_REASON, help_text=_("It stays in the trail."))

    errors_at: dict[str, str] = {}
    field_order = ("request_key",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        if list(self.fields)[-1] != "reason":
            self.order_fields([name for name in self.fields if name != "reason"])

    def field_of(self, refusal: Exception) -> str | None:
        """The field that a refusal is about, None for the whole act."""
        name = self.errors_at.get(type(refusal).__name__, "")
        return name if name in self.fields else None


class CommentForm(ReasonForm):
    """For reviews: what the next person should know."""

    reason = forms.CharField(
        label=_("Comment"), max_length=LONGEST_REASON * 2, widget=forms.Textarea(attrs={"rows": 3}), strip=True
    )
