"""The queue of payments: what somebody has to look at, with what to do about each."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments import operations, queries
from payments.models import MatterKind
from shop.staff.access import APPROVE
from shop.staff.acts import Act, ActPage
from shop.staff.forms import ReasonForm
from shop.staff.labels import subject_label
from shop.staff.tables import Cell, Listing, at

CLOSED = "closed"


class MattersFilter(forms.Form):
    """What waits, or what was closed."""

    show = forms.ChoiceField(
        label=_("Show"), required=False, choices=[("", _("What waits")), (CLOSED, _("What was closed"))]
    )


class CloseForm(ReasonForm):
    """What came of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("What came of it")


class Matters(Listing, ActPage):
    """Everything that waits, the oldest first."""

    template_name = "staff/matters.html"
    page_title = _("To look at")
    filters = MattersFilter
    columns = (_("Since"), _("What"), _("Sum"), _("About"), pgettext_lazy("matter", "Closed"), _("What came of it"))
    export_name = "matters"
    empty = _("Nothing waits here: everything that the provider did is explained.")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        is_open = wanted.get("show") != CLOSED
        return [
            [
                at(row.opened_at),
                Cell(row.kind_text),
                Cell() if row.amount_minor is None else Cell(minor=row.amount_minor, currency=row.currency),
                about(row),
                Cell() if row.resolved_at is None else at(row.resolved_at),
                Cell(row.resolution),
            ]
            for row in queries.matters_for_staff(is_open=is_open, limit=limit, offset=offset)
        ]

    def acts(self) -> list[Act]:
        found: list[Act] = []
        for row in queries.matters_for_staff():
            if row.kind is MatterKind.MOVEMENT_UNKNOWN:
                found += [self._booking(row, owed=False), self._booking(row, owed=True)]
            found.append(
                Act(
                    name=f"close-{row.matter_id}",
                    label=pgettext_lazy("matter", "Close"),
                    do=self._closing(row),
                    done=_("It is closed, with what came of it."),
                    form=CloseForm,
                    right=APPROVE,
                )
            )
        return found

    def _booking(self, row: queries.MatterRow, *, owed: bool) -> Act:
        return Act(
            name=f"{'owed' if owed else 'cost'}-{row.matter_id}",
            label=_("Book as owed to somebody") if owed else _("Book on running costs"),
            do=lambda typed: operations.book_by_hand(
                matter_id=row.matter_id, owed=owed, reason=typed["reason"], actor=self.actor, now=self.now
            ),
            done=_("It is booked, and closed."),
            warning=_("This is booked at once, whole."),
            right=APPROVE,
        )

    def _closing(self, row: queries.MatterRow) -> Any:
        return lambda typed: operations.resolve_matter(
            matter_id=row.matter_id, reason=typed["reason"], actor=self.actor, now=self.now
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offered: dict[str, list[Any]] = {}
        for one in kwargs.get("acts", []):
            offered.setdefault(one.act.name.rpartition("-")[2], []).append(one)
        closed = self.request.GET.get("show") == CLOSED
        waiting = [] if closed else queries.matters_for_staff()
        matters = [(row, offered.get(str(row.matter_id), [])) for row in waiting]
        return super().get_context_data(matters=matters, **kwargs)


def about(row: queries.MatterRow) -> Cell:
    """What a matter is about, in words, with the way to its page where it has one."""
    pages = {"staff:payout": row.payout_id, "staff:dispute": row.dispute_id, "staff:donation": row.donation_id}
    url = next((reverse(page, args=[number]) for page, number in pages.items() if number), "")
    noun, _colon, ref = row.subject.partition(":")
    return Cell(_("Payout %(ref)s") % {"ref": ref} if noun == "payout" else subject_label(row.subject), url=url)
