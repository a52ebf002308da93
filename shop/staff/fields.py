"""Fields of the desk's forms. Sums are typed in złoty and become grosze; texts hold nothing that misleads."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NumberInvalid
from stdnum.pl import nip

from core.money import AmountError, AmountReason, parse_amount
from core.periods import WARSAW
from core.text import TextError, clean_line

LARGEST_SUM = 100_000_000_00
FIRST_DAY = dt.date(2020, 1, 1)
SUM_REFUSALS = {
    AmountReason.EMPTY: _("Type a sum."),
    AmountReason.NOT_A_NUMBER: _("This is not a sum. Type it like 1250,50."),
    AmountReason.NOT_POSITIVE: _("The sum must be more than zero."),
    AmountReason.TOO_SMALL: _("The sum must be more than zero."),
    AmountReason.TOO_LARGE: _("This sum is too large."),
    AmountReason.TOO_PRECISE: _("A sum has at most two digits after the comma."),
}
BAD_TEXT = _("This text holds signs that can't be kept, or is too long.")
BAD_MONTH = _("Type the month like 2026-11.")


def today() -> dt.date:
    """The day in Warsaw."""
    return timezone.now().astimezone(WARSAW).date()


def noon(day: dt.date, *, now: dt.datetime) -> dt.datetime:
    """An instant on a day that somebody typed: its noon in Warsaw, or now when that is earlier."""
    return min(dt.datetime.combine(day, dt.time(12), tzinfo=WARSAW), now)


def sum_as_typed(minor: int) -> str:
    """A sum in grosze as the form's field reads it in either language."""
    return f"{minor // 100},{minor % 100:02d}"


class SumField(forms.CharField):
    """A sum typed in złoty; cleaned to grosze, None where it may stay empty and does."""

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
            raise ValidationError(BAD_TEXT) from refusal


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


class DayField(forms.DateField):
    """Any day, for looking something up."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(input_formats=["%Y-%m-%d", "%d.%m.%Y"], **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and not 2000 <= day.year <= 2100:
            raise ValidationError(_("Type a day between 2000 and 2100."))
        return day


class PastDateField(DayField):
    """A day up to today, in Warsaw."""

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and not FIRST_DAY <= day <= today():
            raise ValidationError(_("The day must be between 2020 and today."))
        return day


class MonthField(forms.CharField):
    """A month typed like 2026-11; cleaned to 202611, None where it may stay empty and does."""

    shape = re.compile(r"(20[2-9][0-9])-(0[1-9]|1[0-2])", re.ASCII)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        kwargs.setdefault("help_text", _("Like 2026-11."))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        found = self.shape.fullmatch(typed)
        if found is None:
            raise ValidationError(BAD_MONTH)
        return int(found[1]) * 100 + int(found[2])
