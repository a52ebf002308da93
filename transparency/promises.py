"""What the audit holds of reports: promises 15, 16 and 19."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from core.documents.canonical import sha256_hex
from core.periods import periods_between
from ledger.audit import Checked, Finding
from seal.queries import keeps_its_root, leaf_of_report
from transparency.figures.content import content_bytes
from transparency.figures.lines import LINES
from transparency.lifecycle import PREPARING
from transparency.method import FIRST_METHOD
from transparency.models import Report, ReportKind, ReportState, ReportStep
from transparency.models.report import PUBLIC_STATES
from transparency.replay import content_of

REPLAYED = 3
"""How many of the newest published reports of each kind are computed again in one audit; the hashes of all are compared."""

MADE_OF_MONTHS = (ReportKind.QUARTER, ReportKind.YEAR)
MOVING = tuple(line for line in LINES if line not in ("opening", "with_partners", "waiting", "closing"))


def broken_replays() -> Checked:
    """Published content is what its hash says and what its mark gives again; months sum to their quarter and year."""
    count = 0
    findings: list[Finding] = []
    for slug, content, sha256 in _public().values_list("slug", "content", "sha256").iterator():
        count += 1
        if content is None or sha256_hex(bytes(content)) != sha256:
            findings.append(_finding(slug, "the content isn't what its hash says"))
    findings.extend(
        _finding(report.slug, "its replay at the mark differs")
        for report in _newest_of_each_kind()
        if content_bytes(content_of(report)) != bytes(report.content or b"")
    )
    for report in Report.objects.filter(state=ReportState.PUBLISHED, kind__in=MADE_OF_MONTHS).defer("content", "names"):
        findings.extend(_unlike_its_months(report))
    return Checked(count=count, findings=findings)


def notes_unlike_gifts() -> Checked:
    """Notes x denominations is the sum that the report says, and that less what was taken back is what came in."""
    count = 0
    findings: list[Finding] = []
    for slug, content in _public().exclude(method_version=FIRST_METHOD).values_list("slug", "content").iterator():
        said = json.loads(bytes(content or b"{}"))
        if said.get("notes"):
            count += 1
            findings.extend(_finding(slug, wrong) for wrong in _wrong_notes(said["notes"], said["lines"]["came_in"]))
    return Checked(count=count, findings=findings)


def not_in_the_log() -> Checked:
    """Every report that everyone can read has its leaf in the log, with its hash."""
    count = 0
    findings: list[Finding] = []
    for slug, sha256 in _public().exclude(method_version=FIRST_METHOD).values_list("slug", "sha256").iterator():
        count += 1
        leaf = leaf_of_report(report=slug)
        if leaf is None or leaf["sha256"] != sha256:
            findings.append(_finding(slug, "the log doesn't know it" if leaf is None else "the log has another hash"))
    return Checked(count=count, findings=findings)


def changed_roots() -> Checked:
    """Promise 16: the kept leaves of every published month still give the root that its report says, whoever was erased."""
    months = _public().filter(kind=ReportKind.MONTH).exclude(method_version=FIRST_METHOD)
    roots = [(slug, notes["root"]) for slug, notes in months.values_list("slug", "inputs__notes") if notes["root"]]
    findings = [
        _finding(slug, "its notes don't give its root any more")
        for slug, root in roots
        if not keeps_its_root(report=slug, root=root)
    ]
    return Checked(count=len(roots), findings=findings)


def published_by_another() -> Checked:
    """Promise 19: whoever published a report neither asked for it, nor rebuilt it, accepted in it, nor sent it to review."""
    own_hand = ReportStep.objects.filter(report=OuterRef("pk"), act__in=PREPARING, actor=OuterRef("published_by"))
    findings = [
        _finding(slug, "it was published by somebody who prepared it")
        for slug in _public().filter(Exists(own_hand)).values_list("slug", flat=True)
    ]
    return Checked(count=_public().count(), findings=findings)


def _newest_of_each_kind() -> Iterator[Report]:
    whole = _public().select_related("mark", "campaign", "corrects", "corrects__mark")
    for kind in ReportKind.values:
        yield from whole.filter(kind=kind).order_by("-published_at", "-pk")[:REPLAYED]


def _unlike_its_months(report: Report) -> Iterator[Finding]:
    """Only where every month that it covers is published: what came before the books has no report."""
    months = Report.objects.filter(
        state=ReportState.PUBLISHED,
        kind=ReportKind.MONTH,
        first_period__gte=report.first_period,
        last_period__lte=report.last_period,
    )
    summaries = [summary for summary in months.values_list("summary", flat=True) if summary is not None]
    if len(summaries) < len(periods_between(report.first_period, report.last_period)) or report.summary is None:
        return
    for line in MOVING:
        if sum(summary[line] for summary in summaries) != report.summary[line]:
            yield _finding(report.slug, f"its months don't sum to it: {line}")


def _wrong_notes(notes: dict[str, Any], came_in: int) -> Iterator[str]:
    if "months" in notes:
        if notes["sum"] != sum(month["sum"] for month in notes["months"]):
            yield "the notes of its months don't sum to what it says"
        return
    if sum(row["denomination"] * row["count"] for row in notes["denominations"]) != notes["sum"]:
        yield "its notes don't sum to what it says"
    if sum(row["count"] for row in notes["denominations"]) != notes["leaves"]:
        yield "it has not as many leaves as notes"
    if notes["sum"] - notes["taken_back"] != came_in:
        yield "its notes don't sum to what came in"


def _finding(slug: str, message: str) -> Finding:
    return Finding(message=f"report {slug}: {message}")


def _public() -> QuerySet[Report]:
    return Report.objects.filter(state__in=PUBLIC_STATES)
