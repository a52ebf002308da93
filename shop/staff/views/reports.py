"""Reports on the desk: ask for one, see its progress and findings, send it to review, publish it."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents.canonical import sha256_hex
from core.periods import period_of
from shop.staff.access import APPROVE, PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.forms import CommentForm, MonthField, ReasonForm
from transparency import operations, queries
from transparency.models import ReportAct, ReportKind, ReportState

BUSY = frozenset({ReportState.REQUESTED, ReportState.BUILDING})


class AskForm(ReasonForm):
    """Which report is asked for."""

    kind = forms.ChoiceField(
        label=_("About"),
        choices=[
            (ReportKind.MONTH.value, _("A month that is over")),
            (ReportKind.YEAR.value, _("The year of the month")),
            (ReportKind.TO_DATE.value, _("The present month so far")),
        ],
    )
    month = MonthField(label=_("Month"), required=False, help_text=_("Like 2026-10. Not needed for the present month."))
    errors_at = {"PeriodNotOver": "month", "AlreadyOpen": "month"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") != ReportKind.TO_DATE.value and not cleaned.get("month") and "month" not in self.errors:
            self.add_error("month", _("Type the month like 2026-11."))
        return cleaned


class Reports(ActPage):
    """All reports, those that wait for somebody first."""

    template_name = "staff/reports.html"
    page_title = _("Reports")

    def acts(self) -> list[Act]:
        ask = Act(
            "ask",
            str(_("Ask for a report")),
            self._ask,
            str(_("The report is being built.")),
            form=AskForm,
            right=PREPARE,
        )
        return [ask]

    def _ask(self, typed: dict[str, Any]) -> None:
        kind = ReportKind(typed["kind"])
        present = period_of(self.now)
        period = {ReportKind.TO_DATE: present, ReportKind.YEAR: (typed["month"] or 0) // 100}.get(kind, typed["month"])
        operations.request_report(kind=kind, period=period, actor=self.actor, reason=typed["reason"], now=self.now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reports = queries.reports_for_staff()
        busy = any(report.state in BUSY for report in reports)
        return super().get_context_data(reports=reports, refresh=busy, **kwargs)


class OneReport(ActPage):
    """One report with its findings, its difference from the last, its trail, and what can be done with it."""

    template_name = "staff/report.html"

    def acts(self) -> list[Act]:
        shown = self._shown()
        common: dict[str, Any] = {"report_id": shown.report.pk, "actor": self.actor, "now": self.now}

        def commented(operation: Any, typed: dict[str, Any]) -> None:
            operation(comment=typed["reason"], **common)

        def rebuild(typed: dict[str, Any]) -> None:
            operations.rebuild_report(reason=typed["reason"], **common)

        every = {
            ReportAct.SEND_TO_REVIEW: Act(
                "send",
                str(_("Send to review")),
                partial(commented, operations.send_to_review),
                str(_("Another person can publish it now.")),
                form=CommentForm,
                right=PREPARE,
            ),
            ReportAct.PUBLISH: Act(
                "publish",
                str(_("Publish")),
                partial(commented, operations.publish_report),
                str(_("The report is public.")),
                form=CommentForm,
                right=APPROVE,
                warning=str(_("It can't be changed afterwards. A month's report closes the month.")),
            ),
            ReportAct.ASK_FOR_CHANGES: Act(
                "changes",
                str(_("Send back")),
                partial(commented, operations.ask_for_changes),
                str(_("It went back with your comment.")),
                form=CommentForm,
                right=APPROVE,
            ),
            ReportAct.REBUILD: Act(
                "rebuild", str(_("Build again")), rebuild, str(_("The report is being built.")), right=PREPARE
            ),
        }
        acts = [every[act] for act in every if act in shown.possible_acts]
        return [act for act in acts if act.name != "publish" or self.actor.pk not in shown.preparers]

    def _shown(self) -> queries.StaffReport:
        shown = queries.report_for_staff(report_id=self.kwargs["report_id"])
        if shown is None:
            raise Http404
        return shown

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = self._shown()
        content = bytes(shown.report.content) if shown.report.content else b""
        public = None
        if shown.report.state in {ReportState.PUBLISHED, ReportState.SUPERSEDED}:
            public = reverse("reports:report", args=[shown.report.slug])
        return super().get_context_data(
            shown=shown,
            busy=shown.report.state in BUSY,
            refresh=shown.report.state in BUSY,
            digest=sha256_hex(content) if content else "",
            public_url=public,
            own=self.actor.pk in shown.preparers,
            **kwargs,
        )
