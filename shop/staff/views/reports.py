"""The list of reports, and asking for one."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.periods import WARSAW, period_of
from shop.staff.access import PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.fields import BAD_MONTH, MonthField
from shop.staff.filters import EVERY
from shop.staff.forms import ReasonForm
from shop.staff.labels import name_of
from shop.staff.tables import Cell, Listing
from transparency import operations, queries
from transparency.models import Report, ReportKind, ReportState


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
    errors_at = {operations.PeriodNotOver: "month", operations.AlreadyOpen: "month", operations.NoSuchPeriod: "month"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("kind") != ReportKind.TO_DATE.value and not cleaned.get("month") and "month" not in self.errors:
            self.add_error("month", BAD_MONTH)
        return cleaned


class ReportFilter(forms.Form):
    """What to look for."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[EVERY, *ReportState.choices])
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[EVERY, *ReportKind.choices])


class Reports(Listing, ActPage):
    """All reports, those that wait for somebody first."""

    page_title = _("Reports")
    filters = ReportFilter
    columns = (_("Report"), _("Kind"), _("State"), _("Prepared by"), _("Published by"), _("Published on"))
    export_name = "reports"
    empty = _("There is no report yet. Last month's is drafted by itself on the 16th; you can ask for one now.")

    def acts(self) -> list[Act]:
        return [
            Act(
                name="ask",
                label=_("Ask for a report"),
                do=self._ask,
                done=_("The report is being built."),
                form=AskForm,
                right=PREPARE,
            )
        ]

    def _ask(self, typed: dict[str, Any]) -> None:
        kind = ReportKind(typed["kind"])
        period = period_of(self.now) if kind is ReportKind.TO_DATE else typed["month"]
        self._asked = operations.request_report(
            kind=kind,
            period=period // 100 if kind is ReportKind.YEAR else period,
            actor=self.actor,
            reason=typed["reason"],
            now=self.now,
        )

    def after(self, act: Act) -> str:
        return reverse("staff:report", args=[self._asked.pk])

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        found = [
            report
            for report in queries.reports_for_staff()
            if wanted["state"] in ("", report.state) and wanted["kind"] in ("", report.kind)
        ]
        return [self._row(report) for report in found[offset : offset + limit]]

    def _row(self, report: Report) -> list[Cell]:
        published = report.published_at.astimezone(WARSAW).date().isoformat() if report.published_at else ""
        progress = f" {report.progress_percent} %" if report.state == ReportState.BUILDING else ""
        return [
            Cell(report.slug, url=reverse("staff:report", args=[report.pk])),
            Cell(report.get_kind_display()),
            Cell(f"{report.get_state_display()}{progress}", state=report.state),
            Cell(name_of(report.prepared_by)),
            Cell(name_of(report.published_by)),
            Cell(published),
        ]
