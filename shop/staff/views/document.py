"""One document: accepted, queried or rejected by another than who recorded it; a purchase is paid."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from aid_packages.deliveries.models import Lot
from aid_packages.deliveries.queries import Paper, lots_on, papers_of
from aid_packages.models import DocumentState, EvidenceGrade, PaymentReturn, Purchase, SpendingDocument
from aid_packages.operations import decide_document, refusals
from aid_packages.operations.pay_purchase import pay_purchase
from aid_packages.operations.payment_returns import return_payment
from aid_packages.queries import borne
from core.texts import in_language
from core.trail import trail_of
from shop.staff.access import APPROVE, PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.correcting import correcting
from shop.staff.document_forms import countries
from shop.staff.fields import LineField, PastDateField, noon, today
from shop.staff.forms import ReasonForm
from shop.staff.labels import trail_lines
from shop.staff.taking_back import document_acts
from shop.staff.views.documents import UNDECIDED


class AcceptForm(ReasonForm):
    """How the checker found the document verified."""

    grade = forms.ChoiceField(label=_("How it was verified"), choices=EvidenceGrade.choices)


class AnswerForm(ReasonForm):
    """What the checker asked, answered."""

    reason = LineField(label=_("Answer"), max_length=300)


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
            answering = [self._answer()] if document.state == DocumentState.QUERIED else []
            return answering + ([] if document.recorded_by_id == self.actor.pk else self._decisions(document))
        purchase = Purchase.objects.filter(document=document).first()
        correct = correcting(document=document, actor=self.actor, now=self.now)
        taking_back = [*correct, *document_acts(document=document, actor=self.actor, now=self.now)]
        if purchase and document.state == DocumentState.ACCEPTED and purchase.entry_id is None:
            return [self._payment(purchase), *taking_back]
        if purchase and document.state == DocumentState.REVERSED and purchase.entry_id is not None:
            return [] if PaymentReturn.objects.filter(purchase=purchase).exists() else [self._return(purchase)]
        return taking_back

    def _answer(self) -> Act:
        return Act(
            name="answer",
            label=_("Answer the question"),
            do=self._calling(decide_document.answer_document),
            done=_("The answer stands beside the question."),
            form=AnswerForm,
            right=PREPARE,
        )

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
        return [accept, reject] if document.state == DocumentState.QUERIED else [accept, query, reject]

    def _calling(self, verb: Any) -> Any:
        def do(typed: dict[str, Any]) -> None:
            graded = {"grade": EvidenceGrade(typed["grade"])} if "grade" in typed else {}
            document_id = self.kwargs["document_id"]
            verb(document_id=document_id, actor=self.actor, reason=typed["reason"], now=self.now, **graded)

        return do

    def _payment(self, purchase: Purchase) -> Act:
        takes_off = purchase.document.own_share_minor < 0
        to_be_paid = _("To be paid to: %(payee)s.") % {"payee": purchase.get_payee_display()}
        return Act(
            name="pay",
            label=_("Book that it came back") if takes_off else _("Book its payment"),
            do=self._moving(pay_purchase, purchase),
            done=_("Booked: the money is back.") if takes_off else _("Booked as paid."),
            form=PaidForm,
            initial={"day": today()},
            note="" if takes_off else to_be_paid,
            right=APPROVE,
        )

    def _return(self, purchase: Purchase) -> Act:
        return Act(
            name="came_back",
            label=_("Book that its payment came back"),
            do=self._moving(return_payment, purchase),
            done=_("Booked: the money is back."),
            form=PaidForm,
            initial={"day": today()},
            right=APPROVE,
        )

    def _moving(self, verb: Any, purchase: Purchase) -> Any:
        def do(typed: dict[str, Any]) -> None:
            verb(
                purchase_id=purchase.pk,
                actor=self.actor,
                reason=typed["reason"],
                event_at=noon(typed["day"], now=self.now),
                request_key=f"desk:{typed['request_key']}",
                now=self.now,
            )

        return do

    def _document(self) -> SpendingDocument:
        rows = SpendingDocument.objects.select_related("allocation__partner", "corrects", "recorded_by", "decided_by")
        document = rows.filter(pk=self.kwargs["document_id"]).first()
        if document is None:
            raise Http404
        return document

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document = self._document()
        return super().get_context_data(
            document=document,
            funders=document.funders.order_by("pk"),
            reversal=document.reversals.select_related("proposed_by", "decided_by").order_by("-pk").first(),
            country=dict(countries()).get(document.issuer_country, document.issuer_country),
            splits=document.splits.select_related("allocation").order_by("pk"),
            purchase=Purchase.objects.filter(document=document).first(),
            corrections=document.corrections.order_by("pk"),
            corrected_minor=borne(document_id=document.pk).own_share_minor,
            lots=_goods_of(document),
            own=document.state in UNDECIDED and document.recorded_by_id == self.actor.pk,
            trail=trail_lines(trail_of(subject=str(document))),
            page_title=_("Document %(number)s") % {"number": document.number},
            **kwargs,
        )


def _goods_of(document: SpendingDocument) -> list[tuple[Lot, str, Paper]]:
    """The lots taken in on the document, each with its name and the document that it stands on now."""
    ids = lots_on(document_id=document.pk)
    papers = papers_of(lot_ids=ids)
    lots = Lot.objects.filter(pk__in=ids).select_related("item").order_by("pk")
    return [(lot, in_language(lot.item.title), papers[lot.pk]) for lot in lots]
