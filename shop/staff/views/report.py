"""One report: its progress and findings; sent to review by one, published by another."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents.canonical import sha256_hex
from core.money import format_money
from shop.staff.access import ACCEPT, APPROVE, PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.forms import CommentForm, ReasonForm
from transparency import operations, queries
from transparency.lifecycle import WrongState
from transparency.models import ReportAct, ReportFinding, ReportState

BUSY = frozenset({ReportState.REQUESTED, ReportState.BUILDING})
PUBLIC = frozenset({ReportState.PUBLISHED, ReportState.SUPERSEDED})


class AcceptForm(ReasonForm):
    """Which named difference is accepted. The reason is printed in the report."""

    finding = forms.ChoiceField(label=_("Difference"))
    errors_at = {
        operations.OverTheCap: "finding",
        operations.NotAcceptable: "finding",
        operations.NoSuchFinding: "finding",
    }

    def __init__(self, *args: Any, findings: list[ReportFinding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["finding"].choices = [(str(finding.pk), _named(finding)) for finding in findings]  # type: ignore[attr-defined]  # it is the choice field above
        self.fields["reason"].help_text = _("The report prints it.")


def _named(finding: ReportFinding) -> str:
    return f"{finding.get_check_name_display()}: {finding.subject}, {format_money(finding.difference_minor or 0)}"


class OneReport(ActPage):
    """One report with its findings, its difference from the last, its trail, and what can be done with it."""

    rights = (PREPARE, APPROVE, ACCEPT)
    template_name = "staff/report.html"

    def acts(self) -> list[Act]:
        shown = self._shown()
        every = self._every_act(shown)
        acts = [every[act] for act in every if act in shown.possible_acts]
        if not shown.acceptable:
            acts = [act for act in acts if act.name != "accept"]
        return [act for act in acts if act.name != "publish" or self.actor.pk not in shown.preparers]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.POST.get("act") == "open" and request.user.has_perm(APPROVE):
            return self._open_evidence(request.POST.get("evidence", ""))
        return super().post(request, *args, **kwargs)

    def _open_evidence(self, wanted: str) -> HttpResponseBase:
        """That the reviewer opened a sample is written down; then the evidence is shown."""
        shown = self._shown()
        sample = next((one.sample for one in shown.samples if str(one.sample.evidence_id) == wanted), None)
        if sample is None:
            return HttpResponseRedirect(self.request.path)
        try:
            operations.note_opened_evidence(
                report_id=shown.report.pk,
                evidence_id=sample.evidence_id,
                title=sample.title,
                actor=self.actor,
                now=self.now,
            )
        except WrongState:
            return HttpResponseRedirect(self.request.path)
        return HttpResponseRedirect(reverse("staff:evidence_item", args=[sample.evidence_id]))

    def _every_act(self, shown: queries.StaffReport) -> dict[ReportAct, Act]:
        return {
            ReportAct.ACCEPT_DIFFERENCE: Act(
                name="accept",
                label=_("Accept a difference"),
                do=self._accept,
                done=_("Accepted. The report is being built again, and prints it."),
                form=lambda *args, **kwargs: AcceptForm(*args, findings=shown.acceptable, **kwargs),
                right=ACCEPT,
                warning=_("The report names the difference and your reason, and everyone can read both."),
            ),
            ReportAct.SEND_TO_REVIEW: Act(
                name="send",
                label=_("Send to review"),
                do=self._commented(operations.send_to_review),
                done=_("Another person can publish it now."),
                form=CommentForm,
                right=PREPARE,
            ),
            ReportAct.PUBLISH: Act(
                name="publish",
                label=_("Publish"),
                do=self._commented(operations.publish_report),
                done=_("The report is public."),
                form=CommentForm,
                right=APPROVE,
                warning=_("It can't be changed afterwards. A month's report closes the month."),
            ),
            ReportAct.ASK_FOR_CHANGES: Act(
                name="changes",
                label=_("Send back"),
                do=self._commented(operations.ask_for_changes),
                done=_("It went back with your comment."),
                form=CommentForm,
                right=APPROVE,
            ),
            ReportAct.REBUILD: Act(
                name="rebuild",
                label=_("Build again"),
                do=self._rebuild,
                done=_("The report is being built."),
                right=PREPARE,
            ),
        }

    def _commented(self, operation: Any) -> Any:
        def do(typed: dict[str, Any]) -> None:
            report_id = self.kwargs["report_id"]
            operation(report_id=report_id, actor=self.actor, comment=typed["reason"], now=self.now)

        return do

    def _accept(self, typed: dict[str, Any]) -> None:
        operations.accept_difference(
            report_id=self.kwargs["report_id"],
            finding_id=int(typed["finding"]),
            actor=self.actor,
            reason=typed["reason"],
            now=self.now,
        )

    def _rebuild(self, typed: dict[str, Any]) -> None:
        report_id = self.kwargs["report_id"]
        operations.rebuild_report(report_id=report_id, actor=self.actor, reason=typed["reason"], now=self.now)

    def _shown(self) -> queries.StaffReport:
        shown = queries.report_for_staff(report_id=self.kwargs["report_id"])
        if shown is None:
            raise Http404
        return shown

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = self._shown()
        content = bytes(shown.report.content) if shown.report.content else b""
        public = reverse("reports:report", args=[shown.report.slug]) if shown.report.state in PUBLIC else ""
        return super().get_context_data(
            shown=shown,
            busy=shown.report.state in BUSY,
            digest=sha256_hex(content) if content else "",
            public_url=public,
            preview_url=reverse("staff:report_preview", args=[shown.report.pk]) if content and not public else "",
            may_open=self.request.user.has_perm(APPROVE),
            own=self.actor.pk in shown.preparers and shown.report.state == ReportState.IN_REVIEW,
            page_title=shown.title,
            **kwargs,
        )
