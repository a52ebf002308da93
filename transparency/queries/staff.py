"""What the staff's desk shows of reports: where each stands, what was found, what was done, what changed."""

from dataclasses import dataclass
from typing import Any

from core.periods import previous_period
from transparency.figures.lines import LINES
from transparency.lifecycle import possible_acts
from transparency.models import Report, ReportAct, ReportFinding, ReportKind, ReportState, ReportStep
from transparency.pages.words import LINE_LABELS, title_of


@dataclass(frozen=True)
class LineChange:
    """One line beside the previous report's, in grosze. `before` is None when there is none to compare with."""

    key: str
    label: str
    amount: int
    before: int | None

    @property
    def difference(self) -> int | None:
        """This minus the previous."""
        return None if self.before is None else self.amount - self.before


@dataclass(frozen=True)
class StaffReport:
    """One report on the desk."""

    report: Report
    title: str
    findings: list[ReportFinding]
    steps: list[ReportStep]
    changes: list[LineChange]
    previous_slug: str | None
    possible_acts: list[ReportAct]
    preparers: frozenset[int]
    """Ids of those who asked for it, rebuilt it or sent it to review: none of them may publish it."""


def reports_for_staff() -> list[Report]:
    """All reports, those that wait for somebody first, then the newest; `str(report)` is its slug."""
    waiting = {
        ReportState.IN_REVIEW: 0,
        ReportState.BLOCKED: 1,
        ReportState.DRAFT: 2,
        ReportState.CHANGES_REQUESTED: 2,
        ReportState.REQUESTED: 3,
        ReportState.BUILDING: 3,
    }
    reports = Report.objects.defer("content", "names").select_related("requested_by", "prepared_by", "published_by")
    return sorted(
        reports, key=lambda report: (waiting.get(ReportState(report.state), 9), -report.last_period, -report.pk)
    )


def report_for_staff(*, report_id: int) -> StaffReport | None:
    """One report with its findings, its trail and the difference from the report before it."""
    report = (
        Report.objects.select_related("requested_by", "prepared_by", "published_by", "mark", "corrects")
        .filter(pk=report_id)
        .first()
    )
    if report is None:
        return None
    steps = list(report.steps.select_related("actor").order_by("id"))
    preparing = {ReportAct.REQUEST, ReportAct.REBUILD, ReportAct.SEND_TO_REVIEW}
    previous = _report_before(report)
    return StaffReport(
        report=report,
        title=title_of(kind=report.kind, first_period=report.first_period),
        findings=list(report.findings.order_by("id")),
        steps=steps,
        changes=_changes(report.summary, previous.summary if previous else None),
        previous_slug=previous.slug if previous else None,
        possible_acts=possible_acts(ReportState(report.state)),
        preparers=frozenset(step.actor_id for step in steps if step.act in preparing and step.actor_id is not None),
    )


def _report_before(report: Report) -> Report | None:
    """The revision it corrects, else the newest published report of the months before."""
    if report.corrects is not None:
        return report.corrects
    back = 100 if report.kind == ReportKind.YEAR else 0
    before = report.first_period - back if back else previous_period(report.first_period)
    kind = ReportKind.YEAR if back else ReportKind.MONTH
    return Report.objects.filter(kind=kind, first_period=before, state=ReportState.PUBLISHED).first()


def _changes(lines: dict[str, Any] | None, before: dict[str, Any] | None) -> list[LineChange]:
    if lines is None:
        return []
    return [
        LineChange(
            key=key, label=str(LINE_LABELS[key]), amount=lines[key], before=before[key] if before is not None else None
        )
        for key in LINES
    ]
