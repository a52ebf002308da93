"""One document: accepted, queried or rejected by another than who recorded it; a purchase is paid."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from aid_packages.models import DocumentState, EvidenceGrade, Purchase, SpendingDocument
from aid_packages.operations import decide_document, refusals
from aid_packages.operations.pay_purchase import pay_purchase
from core.trail import trail_of
from shop.staff.access import APPROVE
from shop.staff.acts import Act, ActPage
from shop.staff.fields import PastDateField, noon, today
from shop.staff.forms import ReasonForm
from shop.staff.labels import trail_lines
from shop.staff.views.documents import UNDECIDED


class AcceptForm(ReasonForm):
    """How the checker found the document verified."""

    grade = forms.ChoiceField(label=_("How it was verified"), choices=EvidenceGrade.choices)


class PaidForm(ReasonForm):
    """The day on which a purchase was paid."""

    day = PastDateField(label=_("Day of the transfer"))
    errors_at = {refusals.FutureEvent: "day"}


class OneDocument(ActPage):
    """One document, with what can be decided about it."""

    template_name = "staff/document.html"

    def acts(self) -> list[Act]:
        document = self._document()
        if document.state in UNDECIDED:
            return [] if document.recorded_by_id == self.actor.pk else self._decisions(document)
        purchase = Purchase.objects.filter(document=document, entry=None).first()
        if document.state == DocumentState.ACCEPTED and purchase:
            return [self._payment(purchase)]
        return []

    def _decisions(self, document: SpendingDocument) -> list[Act]:
        accept = Act(
            name="accept",
            label=_("Accept"),
            do=self._calling(decide_document.accept_document),
            done=_("Accepted: its share is booked as spent."),
            form=AcceptForm,
            initial={"grade": document.grade},
            right=APPROVE,
        )
        query = Act(
            name="query",
            label=_("Ask a question"),
            do=self._calling(decide_document.query_document),
            done=_("The question stands beside the document."),
            right=APPROVE,
        )
        reject = Act(
            name="reject",
            label=_("Reject"),
            do=self._calling(decide_document.reject_document),
            done=_("Rejected: it does not count."),
            right=APPROVE,
        )
        return [accept, query, reject] if document.state == DocumentState.RECORDED else [accept, reject]

    def _calling(self, verb: Any) -> Any:
        def do(typed: dict[str, Any]) -> None:
            graded = {"grade": EvidenceGrade(typed["grade"])} if "grade" in typed else {}
            document_id = self.kwargs["document_id"]
            verb(document_id=document_id, actor=self.actor, reason=typed["reason"], now=self.now, **graded)

        return do

    def _payment(self, purchase: Purchase) -> Act:
        def pay(typed: dict[str, Any]) -> None:
            pay_purchase(
                purchase_id=purchase.pk,
                actor=self.actor,
                reason=typed["reason"],
                event_at=noon(typed["day"], now=self.now),
                request_key=f"desk:{typed['request_key']}",
                now=self.now,
            )

        return Act(
            name="pay",
            label=_("Book its payment"),
            do=pay,
            done=_("Booked as paid."),
            form=PaidForm,
            initial={"day": today()},
            right=APPROVE,
        )

    def _document(self) -> SpendingDocument:
        rows = SpendingDocument.objects.select_related("allocation", "recorded_by", "decided_by")
        document = rows.filter(pk=self.kwargs["document_id"]).first()
        if document is None:
            raise Http404
        return document

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document = self._document()
        return super().get_context_data(
            document=document,
            splits=document.splits.select_related("allocation").order_by("pk"),
            purchase=Purchase.objects.filter(document=document).first(),
            own=document.state in UNDECIDED and document.recorded_by_id == self.actor.pk,
            trail=trail_lines(trail_of(subject=str(document))),
            page_title=_("Document %(number)s") % {"number": document.number},
            **kwargs,
        )
