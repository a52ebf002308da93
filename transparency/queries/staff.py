"""What the staff's desk shows of reports: where each stands, what was found, what was done, what changed since which."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from aid_packages.evidence.queries import Sample, samples_for_review
from core.money import format_money
from core.periods import previous_period
from core.texts import in_language
from transparency.checks import ACCEPTABLE
from transparency.figures.correction import changed_sections, fund_changes
from transparency.figures.lines import LINES
from transparency.lifecycle import PREPARING, possible_acts
from transparency.models import CheckName, Report, ReportAct, ReportFinding, ReportKind, ReportState, ReportStep
from transparency.pages.words import FUND_LABELS, LINE_LABELS, title_of
from transparency.periods import months_of
from transparency.queries.section_names import SECTIONS

WITH_DOCUMENTS = (ReportKind.MONTH, ReportKind.QUARTER, ReportKind.YEAR, ReportKind.TO_DATE)


@dataclass(frozen=True)
class LineChange:
    """One line beside the same of another report, in grosze. `before` is None when there is none to compare with."""

    key: str
    label: str
    amount: int
    before: int | None

    @property
    def difference(self) -> int | None:
        """This minus the other."""
        return None if self.before is None else self.amount - self.before


@dataclass(frozen=True)
class FundChange:
    """A fund's row that differs, column by column, each as text."""

    name: str
    changes: list[tuple[str, str]]


@dataclass(frozen=True)
class Comparison:
    """This report beside another: the one of the months before, or the revision that it corrects."""

    slug: str
    is_corrected: bool
    lines: list[LineChange]
    funds: list[FundChange] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SampleToOpen:
    """A piece of evidence for the reviewer, and whether somebody opened it from here."""

    sample: Sample
    opened_by: str


@dataclass(frozen=True)
class StaffReport:
    """One report on the desk."""

    report: Report
    title: str
    findings: list[ReportFinding]
    acceptable: list[ReportFinding]
    """Those that a treasurer may accept."""
    steps: list[ReportStep]
    changes: list[LineChange]
    previous_slug: str | None
    comparisons: list[Comparison]
    samples: list[SampleToOpen]
    possible_acts: list[ReportAct]
    preparers: frozenset[int]
    """Ids of those who asked for it, rebuilt it, accepted in it or sent it to review: none of them may publish it."""


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
    reports = Report.objects.defer("content", "names", "inputs").select_related(
        "requested_by", "prepared_by", "published_by", "campaign"
    )
    return sorted(
        reports, key=lambda report: (waiting.get(ReportState(report.state), 9), -report.last_period, -report.pk)
    )


def report_for_staff(*, report_id: int) -> StaffReport | None:
    """One report with its findings, its trail, evidence to open, and its difference from the reports before it."""
    report = (
        Report.objects.select_related("requested_by", "prepared_by", "published_by", "mark", "corrects", "campaign")
        .filter(pk=report_id)
        .first()
    )
    if report is None:
        return None
    steps = list(report.steps.select_related("actor").order_by("id"))
    findings = list(report.findings.order_by("id"))
    comparisons = _comparisons(report)
    first = comparisons[0] if comparisons else None
    return StaffReport(
        report=report,
        title=staff_title(report),
        findings=findings,
        acceptable=[finding for finding in findings if _may_be_accepted(finding)],
        steps=steps,
        changes=first.lines if first else _changes(report.summary, None),
        previous_slug=first.slug if first else None,
        comparisons=comparisons,
        samples=_samples(report, steps),
        possible_acts=possible_acts(ReportState(report.state)),
        preparers=frozenset(step.actor_id for step in steps if step.act in PREPARING and step.actor_id is not None),
    )


def staff_title(report: Report) -> str:
    """What it is called on the desk; a campaign by its own name."""
    if report.campaign is not None:
        return in_language(report.campaign.name)
    return title_of(kind=report.kind, first_period=report.first_period)


def _may_be_accepted(finding: ReportFinding) -> bool:
    difference = finding.difference_minor
    return (
        CheckName(finding.check_name) in ACCEPTABLE
        and difference is not None
        and abs(difference) <= settings.REPORT_DIFFERENCE_CAP_MINOR
    )


def _samples(report: Report, steps: list[ReportStep]) -> list[SampleToOpen]:
    """Evidence behind the report's spending: for its reviewer, while it is in review."""
    if report.state != ReportState.IN_REVIEW or report.kind not in WITH_DOCUMENTS or report.mark is None:
        return []
    found = samples_for_review(
        first_period=report.first_period,
        last_period=report.last_period,
        mark=report.mark,
        upto=(report.inputs or {}).get("ids", {}),
        seed=report.slug,
    )
    opened = {step.comment.partition(":")[0]: step.actor for step in steps if step.act == ReportAct.OPEN_EVIDENCE}
    return [SampleToOpen(sample=sample, opened_by=_name(opened.get(str(sample.evidence_id)))) for sample in found]


def _name(user: Any) -> str:
    return str(user.get_full_name() or user) if user else ""


def _comparisons(report: Report) -> list[Comparison]:
    """The revision that it corrects first, then the report of the time before."""
    others = [other for other in (report.corrects, _report_before(report)) if other is not None]
    return [_compared(report, other) for other in others]


def _compared(report: Report, other: Report) -> Comparison:
    now, before = _content(report), _content(other)
    return Comparison(
        slug=other.slug,
        is_corrected=other == report.corrects,
        lines=_changes(report.summary, other.summary),
        funds=_fund_changes(now, before) if now and before else [],
        sections=_sections(now, before) if now and before else [],
    )


def _fund_changes(now: dict[str, Any], before: dict[str, Any]) -> list[FundChange]:
    return [
        FundChange(
            name=in_language(row["name"]),
            changes=[_told(column, change) for column, change in row["columns"].items()],
        )
        for row in fund_changes(now["funds"], before["funds"])
    ]


def _told(column: str, change: int) -> tuple[str, str]:
    if column == "documents":
        return str(_("Documents")), str(change)
    return str(FUND_LABELS[column]), format_money(change)


def _sections(now: dict[str, Any], before: dict[str, Any]) -> list[str]:
    return [str(SECTIONS.get(name, name)) for name in changed_sections(now, before)]


def _content(report: Report) -> dict[str, Any] | None:
    found: dict[str, Any] | None = json.loads(bytes(report.content)) if report.content else None
    return found


def _report_before(report: Report) -> Report | None:
    """The newest published report of the same length just before; to a running month, the last month's."""
    kind = ReportKind(report.kind)
    if kind in (ReportKind.CAMPAIGN, ReportKind.COHORT):
        return None
    if kind is ReportKind.YEAR:
        first = report.first_period - 100
    elif kind is ReportKind.QUARTER:
        first = months_of(kind=kind, period=previous_period(report.first_period))[0]
    else:
        kind, first = ReportKind.MONTH, previous_period(report.first_period)
    return Report.objects.filter(kind=kind, first_period=first, state=ReportState.PUBLISHED).first()


def _changes(lines: dict[str, Any] | None, before: dict[str, Any] | None) -> list[LineChange]:
    if lines is None:
        return []
    return [
        LineChange(
            key=key, label=str(LINE_LABELS[key]), amount=lines[key], before=before[key] if before is not None else None
        )
        for key in LINES
    ]
