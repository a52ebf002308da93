"""Monthly gifts on the desk: found by number, donor, state, or because their last renewal failed."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from payments.monthly_states import MonthlyKind, MonthlyState
from payments.queries.monthly import monthly_gifts_for_staff
from shop.staff.filters import EVERY
from shop.staff.tables import Cell, Listing, at, on
from shop.staff.views.donations import LARGEST_ID


class MonthlyFilter(forms.Form):
    """How monthly gifts are found. A donor is a number here; the donations' list finds it by the exact address."""

    gift = forms.IntegerField(
        label=_("Number"), required=False, min_value=1, max_value=LARGEST_ID, widget=forms.TextInput
    )
    donor = forms.IntegerField(
        label=_("Donor's number"), required=False, min_value=1, max_value=LARGEST_ID, widget=forms.TextInput
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[EVERY, *MonthlyState.choices])
    kind = forms.ChoiceField(label=_("How it is paid"), required=False, choices=[EVERY, *MonthlyKind.choices])
    trouble = forms.BooleanField(label=_("Only where the last renewal failed"), required=False)


class MonthlyGifts(Listing):
    """All monthly gifts, the newest first."""

    page_title = _("Monthly gifts")
    filters = MonthlyFilter
    columns = (_("Number"), _("Set up"), _("State"), _("Each time"), _("How often"), _("Next"), _("Donor"))
    export_name = "monthly-gifts"
    empty = _("No monthly gift yet. Each one stands here as soon as somebody sets it up.")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        found = monthly_gifts_for_staff(
            gift_id=wanted["gift"],
            donor_id=wanted["donor"],
            states=[wanted["state"]] if wanted["state"] else None,
            kind=wanted["kind"] or None,
            in_trouble=True if wanted["trouble"] else None,
            limit=limit,
            offset=offset,
            now=self.now,
        )
        return [
            [
                Cell(str(row.gift_id), url=reverse("staff:monthly_gift", args=[row.gift_id])),
                at(row.created_at),
                Cell(str(row.state.label), state=row.state.value),
                Cell(minor=row.sum_minor, currency=row.currency),
                Cell(str(row.interval.label)),
                on(row.next_dates[0]) if row.next_dates else Cell(),
                Cell(str(row.donor_id), url=f"?donor={row.donor_id}"),
            ]
            for row in found
        ]
