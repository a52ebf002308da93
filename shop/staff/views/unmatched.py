"""Money that could not be placed: each payment can be given back."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments import operations, queries
from shop.staff.access import APPROVE
from shop.staff.acts import Act, ActPage
from shop.staff.tables import Cell, Listing, at


class Unmatched(Listing, ActPage):
    """Payments that wait for somebody, the oldest first."""

    template_name = "staff/unmatched.html"
    page_title = _("Unmatched money")
    columns = (_("Paid"), _("Sum"), _("Left"), _("Why"), pgettext_lazy("provider", "Reference"), _("Donation"))
    export_name = "unmatched"
    empty = _("Nothing is unmatched: every payment stands in a donation.")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        return [
            [
                at(row.paid_at),
                Cell(minor=row.amount_minor, currency=row.currency),
                Cell(minor=row.left_minor, currency=row.currency),
                Cell(row.reason_text),
                Cell(row.charge_ref),
                Cell(str(row.donation_id or "")),
            ]
            for row in queries.unmatched_open(limit=limit + offset)[offset:]
        ]

    def acts(self) -> list[Act]:
        return [
            Act(
                name=f"refund-{row.unmatched_id}",
                label=_("Give back"),
                do=self._giving_back(row),
                done=_("It goes back to where it came from."),
                warning=_("All that is left of it goes back at once."),
                right=APPROVE,
            )
            for row in queries.unmatched_open()
            if row.left_minor
        ]

    def _giving_back(self, row: queries.UnmatchedRow) -> Any:
        def do(typed: dict[str, Any]) -> None:
            operations.refund_unmatched(
                unmatched_id=row.unmatched_id,
                amount_minor=row.left_minor,
                reason=typed["reason"],
                actor=self.actor,
                request_key=f"desk:{typed['request_key']}",
                now=self.now,
            )

        return do

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offered = {one.act.name: one for one in kwargs.get("acts", [])}
        unmatched = [(row, offered.get(f"refund-{row.unmatched_id}")) for row in queries.unmatched_open()]
        return super().get_context_data(unmatched=unmatched, **kwargs)
