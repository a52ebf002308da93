"""The evidence of one document, delivery or grant: added here, and graded."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aid_packages.evidence import operations, queries
from aid_packages.evidence.models import ItemKind, SubjectKind, WithheldReason
from aid_packages.evidence.subjects import NoSubject, Subject, find_subject
from aid_packages.models import EvidenceGrade, Grant
from core.trail import trail_of
from shop.staff.access import APPROVE, PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.evidence_forms import AddForm, GradeForm
from shop.staff.labels import trail_lines

PAGES = {SubjectKind.DOCUMENT: "staff:document", SubjectKind.DELIVERY: "staff:delivery"}
MOST = 2**63 - 1


class EvidenceOf(ActPage):
    """What belongs to one thing, with its grade, and the forms to add and to grade."""

    template_name = "staff/evidence_of.html"

    def acts(self) -> list[Act]:
        subject = self._subject()
        adding = Act(
            name="add",
            label=_("Add evidence"),
            do=self._add,
            done=_("Made anew from its pixels and kept, withheld. Another person can release it."),
            form=AddForm,
            note=_("The file that you send is not kept. SVG, HEIC and videos are not taken."),
            right=PREPARE,
        )
        grading = Act(
            name="grade",
            label=_("Grade"),
            do=self._grade,
            done=_("Graded."),
            form=GradeForm,
            right=APPROVE,
        )
        return [adding] if subject.prepared_by_id == self.actor.pk else [adding, grading]

    def _add(self, typed: dict[str, Any]) -> None:
        operations.take_in(
            **self._common(typed),
            kind=ItemKind(typed["kind"]),
            title=typed["title"],
            content=typed["file"],
            withheld_for=WithheldReason(typed["withheld_for"]),
        )

    def _grade(self, typed: dict[str, Any]) -> None:
        operations.grade(**self._common(typed), grade=EvidenceGrade(typed["grade"]), checked_by=typed["checked_by"])

    def _common(self, typed: dict[str, Any]) -> dict[str, Any]:
        kind, subject_id = self._named()
        return {
            "subject_kind": kind,
            "subject_id": subject_id,
            "actor": self.actor,
            "reason": typed["reason"],
            "request_key": f"desk:{typed['request_key']}",
            "now": self.now,
        }

    def _named(self) -> tuple[SubjectKind, int]:
        kind, subject_id = self.kwargs["subject_kind"], self.kwargs["subject_id"]
        if kind not in SubjectKind.values or subject_id > MOST:
            raise Http404
        return SubjectKind(kind), subject_id

    def _subject(self) -> Subject:
        kind, subject_id = self._named()
        try:
            return find_subject(kind=kind, subject_id=subject_id, now=self.now)
        except NoSubject as missing:
            raise Http404 from missing

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self._subject()
        kind, subject_id = self._named()
        title = f"{kind.label} {subject_id}"
        return super().get_context_data(
            items=queries.items_of(subject_kind=kind, subject_id=subject_id),
            grades=queries.grades_of(subject_kind=kind, subject_id=subject_id),
            subject=title,
            subject_url=page_of(kind, subject_id),
            trail=trail_lines(trail_of(subject=f"{kind}:{subject_id}")),
            page_title=_("Evidence: %(of)s") % {"of": title},
            **kwargs,
        )


def page_of(kind: SubjectKind, subject_id: int) -> str:
    """The desk's page of the thing itself; a grant stands on the page of its allocation."""
    if kind == SubjectKind.GRANT:
        allocation_id = Grant.objects.values_list("allocation_id", flat=True).get(pk=subject_id)
        return f"{reverse('staff:allocation', args=[allocation_id])}#grants"
    return reverse(PAGES[kind], args=[subject_id])
