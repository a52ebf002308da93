"""One report: its progress and findings; sent to review by one, published by another."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents.canonical import sha256_hex
from shop.staff.access import APPROVE, PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.forms import CommentForm
from transparency import operations, queries
from transparency.models import ReportAct, ReportState

BUSY = frozenset({ReportState.REQUESTED, ReportState.BUILDING})
PUBLIC = frozenset({ReportState.PUBLISHED, ReportState.SUPERSEDED})


class OneReport(ActPage):
    """One report with its findings, its difference from the last, its trail, and what can be done with it."""

    template_name = "staff/report.html"

    def acts(self) -> list[Act]:
        shown = self._shown()
        every = self._every_act()
        acts = [every[act] for act in every if act in shown.possible_acts]
        return [act for act in acts if act.name != "publish" or self.actor.pk not in shown.preparers]

    def _every_act(self) -> dict[ReportAct, Act]:
        return {
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
            own=self.actor.pk in shown.preparers and shown.report.state == ReportState.IN_REVIEW,
            page_title=shown.title,
            **kwargs,
        )
