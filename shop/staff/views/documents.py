"""Documents on the desk: accepted, queried or rejected one by one, by another than who recorded them; purchases paid."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import TemplateResponseMixin

from aid_packages.models import DocumentState, EvidenceGrade, Purchase, Settles, SpendingDocument
from aid_packages.operations import decide_document
from aid_packages.operations.pay_purchase import pay_purchase
from core.trail import trail_of
from shop.staff.access import APPROVE
from shop.staff.acts import Act, ActPage
from shop.staff.forms import LineField, PastDateField, ReasonForm, noon
from shop.staff.tables import Cell, Listing

UNDECIDED = frozenset({DocumentState.RECORDED, DocumentState.QUERIED})


class DocumentFilter(forms.Form):
    """What to look for."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("every")), *DocumentState.choices])
    number = LineField(label=_("Number"), required=False, max_length=60)


class AcceptForm(ReasonForm):
    """How the checker found the document verified."""

    grade = forms.ChoiceField(label=_("How it was verified"), choices=EvidenceGrade.choices)


class PaidForm(ReasonForm):
    """The day on which a purchase was paid."""

    day = PastDateField(label=_("Day of the transfer"))
    errors_at = {"FutureEvent": "day"}


class Documents(TemplateResponseMixin, Listing):
    """All documents, the newest first."""

    template_name = "staff/list.html"
    page_title = _("Documents")
    filters = DocumentFilter
    columns = (_("Document"), _("State"), _("Issuer"), _("Issued on"), _("Allocation"), _("Our share"), _("Whole sum"))
    export_name = "documents"
    empty = _("No document yet. They are recorded within an approved allocation.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.exported(request) or self.render_to_response(self.get_context_data(**self.listed(request)))

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        found = SpendingDocument.objects.order_by("-id")
        if wanted.get("state"):
            found = found.filter(state=wanted["state"])
        if wanted.get("number"):
            found = found.filter(number__iexact=wanted["number"])
        return [
            [
                Cell(row.number, url=reverse("staff:document", args=[row.pk])),
                Cell(row.get_state_display(), state=row.state),
                Cell(f"{row.issuer_name} {row.issuer_nip}".strip()),
                Cell(row.issued_on.isoformat()),
                Cell(str(row.allocation_id), url=reverse("staff:allocation", args=[row.allocation_id])),
                Cell("", minor=row.own_share_minor),
                Cell("", minor=row.total_minor),
            ]
            for row in found[offset : offset + limit]
        ]


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
        common: dict[str, Any] = {"document_id": document.pk, "actor": self.actor, "now": self.now}

        def accept(typed: dict[str, Any]) -> None:
            grade = EvidenceGrade(typed["grade"])
            decide_document.accept_document(grade=grade, reason=typed["reason"], **common)

        def query(typed: dict[str, Any]) -> None:
            decide_document.query_document(reason=typed["reason"], **common)

        def reject(typed: dict[str, Any]) -> None:
            decide_document.reject_document(reason=typed["reason"], **common)

        accepted = Act(
            "accept",
            str(_("Accept")),
            accept,
            str(_("Accepted: its share is booked as spent.")),
            form=AcceptForm,
            initial={"grade": document.grade},
            right=APPROVE,
        )
        return [
            accepted,
            Act(
                "query",
                str(_("Ask a question")),
                query,
                str(_("The question stands beside the document.")),
                right=APPROVE,
            ),
            Act("reject", str(_("Reject")), reject, str(_("Rejected: it does not count.")), right=APPROVE),
        ]

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

        initial = {"day": self.now.date()}
        return Act(
            "pay",
            str(_("Book its payment")),
            pay,
            str(_("Booked as paid.")),
            form=PaidForm,
            initial=initial,
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
            splits=document.splits.select_related("allocation"),
            purchase=Purchase.objects.filter(document=document).first()
            if document.settles == Settles.PURCHASE
            else None,
            own=document.state in UNDECIDED and document.recorded_by_id == self.actor.pk,
            trail=trail_of(subject=f"document:{document.pk}"),
            page_title=_("Document %(number)s") % {"number": document.number},
            **kwargs,
        )
