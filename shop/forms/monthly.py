"""The form of a gift that comes again: the donor's form, with a day, a way to pay and a choice of receipts."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.periods import WARSAW
from payments.monthly_calendar import first_charge_at, is_taken_at_once, warsaw_day
from payments.monthly_states import Interval, MonthlyKind, ReceiptPolicy
from shop.forms.donor import DEDICATION, DonorForm

DAYS = range(1, 32)


class MonthlyForm(DonorForm):
    """What a monthly donor types. The sum and the interval stand in the page's address, so that its button says them."""

    kind = forms.ChoiceField(
        label=_("How it is paid"),
        choices=[
            (MonthlyKind.AUTOMATIC.value, _("By card or wallet, by itself on the day")),
            (
                MonthlyKind.BY_HAND.value,
                _("By BLIK or transfer: we send you a link on the day, and nothing is taken by itself"),
            ),
        ],
        widget=forms.RadioSelect,
    )
    day = forms.TypedChoiceField(
        label=_("Day of the month"),
        help_text=_("A month without this day means its last day."),
        choices=[(str(day), str(day)) for day in DAYS],
        coerce=int,
        error_messages={"required": _("Choose a day of the month."), "invalid_choice": _("Choose a day from 1 to 31.")},
    )
    receipts = forms.ChoiceField(
        label=_("Receipts"),
        choices=[
            (ReceiptPolicy.EACH.value, _("A mail for each donation")),
            (ReceiptPolicy.YEARLY.value, _("One statement a year")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        initial = {
            "kind": MonthlyKind.AUTOMATIC.value,
            "receipts": ReceiptPolicy.EACH.value,
            "day": str(now.astimezone(WARSAW).day),
            **(kwargs.pop("initial", None) or {}),
        }
        super().__init__(*args, now=now, initial=initial, **kwargs)
        self.now = now
        # A card is for one gift; and who gives again and again is found again, to steer it.
        for name in (*DEDICATION, "anonymous"):
            del self.fields[name]

    def typed(self) -> dict[str, Any]:
        chosen = {name: self.cleaned_data[name] for name in ("kind", "day", "receipts")}
        return {**super().typed(), **chosen}

    @property
    def today_is_taken_at_once(self) -> bool:
        """Whether a first gift of today's day is taken at once; late in the evening it waits for the next noon."""
        return is_taken_at_once(day=warsaw_day(self.now).day, now=self.now)

    @property
    def next_noon(self) -> date:
        """The day on which a first gift of today's day is taken when it isn't taken at once."""
        return warsaw_day(first_charge_at(day=warsaw_day(self.now).day, after=self.now - timedelta(seconds=1)))

    def clean_send_on(self) -> date | None:
        """There is no card with a monthly gift."""
        return None


def interval_in(text: str) -> Interval | None:
    """The interval that an address names (month, quarter, year), or None."""
    return Interval(text) if text in Interval.values else None
