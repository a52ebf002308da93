"""Payouts: what the provider sent to our bank, and what each is made of."""

from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments import queries
from payments.models import PayoutState
from shop.staff.filters import EVERY
from shop.staff.tables import Cell, Listing, at, on


class PayoutsFilter(forms.Form):
    """What to look for."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[EVERY, *PayoutState.choices])


class Payouts(Listing):
    """Every payout, the newest first."""

    page_title = _("Payouts")
    filters = PayoutsFilter
    columns = (
        pgettext_lazy("provider", "Reference"),
        _("Sent"),
        _("Arrives"),
        _("State"),
        _("Sum"),
        _("Its parts"),
    )
    export_name = "payouts"
    empty = _("The provider has paid nothing out yet.")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        states = [wanted["state"]] if wanted.get("state") else None
        return [
            [
                Cell(row.ref, url=reverse("staff:payout", args=[row.payout_id])),
                at(row.created_at),
                on(row.arrives_on),
                Cell(str(row.state.label), state=row.state.value),
                Cell(minor=row.amount_minor, currency=row.currency),
                Cell("–") if row.parts_minor is None else Cell(minor=row.parts_minor, currency=row.currency),
            ]
            for row in queries.payouts_for_staff(states=states, limit=limit, offset=offset)
        ]


class OnePayout(Listing):
    """One payout with its parts."""

    template_name = "staff/payout.html"
    columns = (
        pgettext_lazy("provider", "Reference"),
        _("When"),
        _("Category"),
        _("Of"),
        _("Sum"),
        _("Fee"),
        _("Net"),
    )
    empty = _("Its parts are not known: the provider lists them some hours after it has sent a payout by itself.")

    @property
    def export_name(self) -> str:  # type: ignore[override]  # named by the payout
        return f"payout-{self._row().ref}"

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        payout = self._row()
        return [
            [
                Cell(row.ref),
                at(row.created_at),
                Cell(row.category),
                Cell(row.source_ref),
                Cell(minor=row.amount_minor, currency=row.currency),
                Cell(minor=row.fee_minor, currency=row.currency),
                Cell(minor=row.net_minor, currency=row.currency),
            ]
            for row in queries.parts_of_payout(payout_id=payout.payout_id, limit=limit, offset=offset)
        ]

    def _row(self) -> queries.PayoutRow:
        found = queries.payouts_for_staff(payout_id=self.kwargs["payout_id"])
        if not found:
            raise Http404
        return found[0]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self._row()
        return super().get_context_data(
            payout=row,
            categories=queries.parts_by_category(payout_id=row.payout_id),
            page_title=_("Payout %(ref)s") % {"ref": row.ref},
            **kwargs,
        )
