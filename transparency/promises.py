"""What the audit holds of reports: promises 15 and 19."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet

from core.documents.canonical import sha256_hex
from ledger.audit import Checked, Finding
from transparency.figures.compose import content_bytes
from transparency.figures.lines import LINES
from transparency.method import METHOD_VERSION
from transparency.models import Report, ReportKind, ReportState, ReportStep
from transparency.models.report import PUBLIC_STATES
from transparency.operations.publish import PREPARING
from transparency.replay import content_of

REPLAYED = 12
"""How many of the newest published reports are computed again in one audit; the hashes of all are compared."""


def broken_replays() -> Checked:
    """Published content is what its hash says and what its mark gives again; twelve months sum to their year."""
    count = 0
    findings = []
    for slug, content, sha256 in _public().values_list("slug", "content", "sha256").iterator():
        count += 1
        if content is None or sha256_hex(bytes(content)) != sha256:
            findings.append(_finding(slug, "the content isn't what its hash says"))
    newest = _public().filter(method_version=METHOD_VERSION).select_related("mark", "corrects", "corrects__mark")
    findings.extend(
        _finding(report.slug, "its replay at the mark differs")
        for report in newest.order_by("-published_at", "-pk")[:REPLAYED]
        if content_bytes(content_of(report)) != bytes(report.content or b"")
    )
    findings.extend(_years_unlike_their_months())
    return Checked(count=count, findings=findings)


def published_by_another() -> Checked:
    """Promise 19: whoever published a report neither asked for it, nor rebuilt it, nor sent it to review."""
    own_hand = ReportStep.objects.filter(report=OuterRef("pk"), act__in=PREPARING, actor=OuterRef("published_by"))
    findings = [
        _finding(slug, "it was published by somebody who prepared it")
        for slug in _public().filter(Exists(own_hand)).values_list("slug", flat=True)
    ]
    return Checked(count=_public().count(), findings=findings)


def _finding(slug: str, message: str) -> Finding:
    return Finding(message=f"report {slug}: {message}")


def _years_unlike_their_months() -> Iterator[Finding]:
    moving = [line for line in LINES if line not in ("opening", "with_partners", "waiting", "closing")]
    published = Report.objects.filter(state=ReportState.PUBLISHED)
    for year in published.filter(kind=ReportKind.YEAR):
        months = published.filter(
            kind=ReportKind.MONTH, first_period__gte=year.first_period, last_period__lte=year.last_period
        )
        summaries = [summary for summary in months.values_list("summary", flat=True) if summary is not None]
        if len(summaries) < 12 or year.summary is None:
            continue
        for line in moving:
            if sum(summary[line] for summary in summaries) != year.summary[line]:
                yield _finding(year.slug, f"its months don't sum to it: {line}")


def _public() -> QuerySet[Report]:
    return Report.objects.filter(state__in=PUBLIC_STATES)
