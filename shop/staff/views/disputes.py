"""Disputes: a donor's bank asks for a gift back. Answered or accepted here, each with a reason."""

from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import TrailEntry
from payments import operations, queries
from payments.models import DisputeState
from payments.operations.disputes import LONGEST_ANSWER
from shop.staff.access import APPROVE
from shop.staff.acts import Act, ActPage
from shop.staff.bank_reasons import bank_reason
from shop.staff.filters import EVERY
from shop.staff.forms import ReasonForm
from shop.staff.labels import trail_lines
from shop.staff.tables import Cell, Listing, at


class DisputesFilter(forms.Form):
    """What to look for."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[EVERY, *DisputeState.choices])


class Disputes(Listing):
    """Every dispute, those with the nearest deadline first."""

    page_title = _("Disputes")
    filters = DisputesFilter
    columns = (
        pgettext_lazy("provider", "Reference"),
        _("State"),
        _("Answer by"),
        _("Sum"),
        _("With the bank"),
        _("The bank's reason"),
        _("Donation"),
    )
    export_name = "disputes"
    empty = _("No bank has asked for a gift back.")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        states = [wanted["state"]] if wanted.get("state") else None
        return [
            [
                Cell(row.ref, url=reverse("staff:dispute", args=[row.dispute_id])),
                Cell(str(row.state.label), state=row.state.value),
                at(row.answer_by) if row.answer_by and row.can_be_answered else Cell(),
                Cell(minor=row.amount_minor, currency=row.currency),
                Cell(minor=row.taken_minor, currency=row.currency),
                Cell(bank_reason(row.reason)),
                _donation(row),
            ]
            for row in queries.disputes_for_staff(states=states, limit=limit, offset=offset)
        ]


def _donation(row: queries.DisputeRow) -> Cell:
    if row.donation_id is None:
        return Cell()
    return Cell(str(row.donation_id), url=reverse("staff:donation", args=[row.donation_id]))


class AnswerForm(ReasonForm):
    """What the bank reads, and why we answer."""

    text = forms.CharField(
        label=_("What the bank should know"),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "What was given, when, and how the donor was told. Name nobody, and give no address: the bank knows its "
            "client."
        ),
    )
    errors_at = {operations.AnswerMissing: "text"}


class OneDispute(ActPage):
    """One dispute, with what can be done about it."""

    template_name = "staff/dispute.html"

    def acts(self) -> list[Act]:
        row = self._row()
        if not row.can_be_answered:
            return []
        return [
            Act(
                name="answer",
                label=_("Answer the bank"),
                do=self._answer,
                done=_("The bank has our answer, and decides within some weeks."),
                form=AnswerForm,
                warning=_("It can be answered once. What is sent can't be taken back."),
                right=APPROVE,
            ),
            Act(
                name="accept",
                label=_("Accept the loss"),
                do=self._accept,
                done=_("The dispute is given up."),
                warning=_("The gift stays with the donor's bank for good, and the fee with us."),
                right=APPROVE,
            ),
        ]

    def _answer(self, typed: dict[str, Any]) -> None:
        operations.answer_dispute(
            dispute_id=self._row().dispute_id,
            text=typed["text"],
            reason=typed["reason"],
            actor=self.actor,
            request_key=f"desk:{typed['request_key']}",
            now=self.now,
        )

    def _accept(self, typed: dict[str, Any]) -> None:
        operations.accept_loss(
            dispute_id=self._row().dispute_id,
            reason=typed["reason"],
            actor=self.actor,
            request_key=f"desk:{typed['request_key']}",
            now=self.now,
        )

    def _row(self) -> queries.DisputeRow:
        found = queries.disputes_for_staff(dispute_id=self.kwargs["dispute_id"])
        if not found:
            raise Http404
        return found[0]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self._row()
        entries = TrailEntry.objects.filter(subject=f"dispute:{row.dispute_id}")
        return super().get_context_data(
            dispute=row,
            bank_reason=bank_reason(row.reason),
            is_late=row.can_be_answered and row.answer_by is not None and row.answer_by < self.now,
            done_before=queries.acts_of_dispute(dispute_id=row.dispute_id),
            trail=trail_lines(entries.select_related("actor").order_by("id")),
            page_title=_("Dispute %(ref)s") % {"ref": row.ref},
            **kwargs,
        )
