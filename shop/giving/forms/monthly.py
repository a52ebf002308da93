"""What can be asked of a monthly gift. Each form holds a key of its own, so that sending it twice is one act."""

import re
import secrets
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.money import MAX_GIFT, MIN_GIFT, AmountError, format_money
from payments.monthly_calendar import in_months, warsaw_day
from payments.monthly_states import CancelReason
from payments.queries.monthly import MonthlyRow
from payments.queries.monthly_dates import due_instant, first_at_or_after
from shop.forms.fields import AMOUNT_MESSAGES
from shop.forms.monthly_change import MonthlyChangeForm
from shop.giving.words import months, on_day

_KEY = re.compile(r"[0-9a-f]{32}")
LONGEST_PAUSE = 12


def new_key() -> str:
    """A key for a form about to be shown."""
    return secrets.token_hex(16)


class ActForm(forms.Form):
    """An act without anything to choose."""

    request_key = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not _KEY.fullmatch(self.cleaned_data.get("request_key", "")):
            self.add_error(None, _("This page was changed on the way. Nothing was done: please open it again."))
        return self.cleaned_data


class PauseForm(ActForm):
    """For how long nothing is taken."""

    months = forms.TypedChoiceField(
        label=_("For how long"),
        coerce=int,
        error_messages={"required": _("Choose for how long."), "invalid_choice": _("Choose 1 to 12 months.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["months"].choices = [
            (number, _t("%(months)s, until %(day)s") % {"months": months(number), "day": on_day(_until(today, number))})
            for number in range(1, LONGEST_PAUSE + 1)
        ]


class CancelForm(ActForm):
    """The end. A reason may be given, from a closed list, so that nobody types what endangers them."""

    why = forms.ChoiceField(
        label=_("Would you tell us why? You need not."),
        choices=[("", _("I don’t want to say")), *CancelReason.choices],
        required=False,
        widget=forms.RadioSelect,
    )


class ChangeForm(ActForm, MonthlyChangeForm):
    """Sum, need, interval, day and covered fee, by the donor. Each other day says the date on which it begins."""

    def __init__(self, *args: Any, row: MonthlyRow, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        if row.next_dates:
            due_at = due_instant(day=row.next_dates[0])
            self.fields["day"].choices = [
                (day, str(day) if day == row.day else _begins(day, first_at_or_after(day=day, due_at=due_at, now=now)))
                for day in range(1, 32)
            ]


def _begins(day: int, first_at: datetime) -> str:
    return _t("%(day)s, first on %(date)s") % {"day": day, "date": on_day(warsaw_day(first_at))}


def too_large(refused: AmountError) -> str:
    """Why a sum can't be given each time."""
    bounds = {"least": format_money(MIN_GIFT), "most": format_money(MAX_GIFT)}
    return str(AMOUNT_MESSAGES[refused.reason]) % bounds


def _until(today: date, number: int) -> date:
    return in_months(day=today, months=number, wanted_day=today.day)
