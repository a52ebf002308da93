"""What the public reads. Only published content: no question here looks at the ledger."""

import json
from dataclasses import dataclass
from datetime import date

from transparency.models import Report, ReportKind, ReportState
from transparency.models.report import PUBLIC_STATES
from transparency.pages.csv_table import csv_of
from transparency.pages.report_page import Line, ReportPage, Revision, five_lines, on_day, page_of
from transparency.pages.words import title_of

TO_DATE_ADDRESS = "to-date"


@dataclass(frozen=True)
class ListedReport:
    """A report in the list, with its five lines. Sums in grosze."""

    slug: str
    kind: str
    title: str
    year: int
    revision: int
    published_on: date
    came_in: int
    helped: int
    five: tuple[Line, ...]


def published_reports() -> list[ListedReport]:
    """The newest revision of each report: newest months first, a year before its months. One query.

    A month-to-date report gives way to the month's own.
    """
    rows = Report.objects.filter(state=ReportState.PUBLISHED).values_list(
        "slug", "kind", "first_period", "last_period", "revision", "published_at", "summary"
    )
    months = {row[2] for row in rows if row[1] == ReportKind.MONTH}
    current = [row for row in rows if row[1] != ReportKind.TO_DATE or row[2] not in months]
    newest_first = sorted(current, key=lambda row: (row[3], row[1] == ReportKind.YEAR, row[5]), reverse=True)
    return [
        ListedReport(
            slug=slug,
            kind=kind,
            title=title_of(kind=kind, first_period=first),
            year=first // 100,
            revision=revision,
            published_on=on_day(published_at),
            came_in=summary["came_in"],
            helped=summary["help_with_documents"],
            five=five_lines(summary),
        )
        for slug, kind, first, _last, revision, published_at, summary in newest_first
        if published_at is not None and summary is not None
    ]


def newest_slug(*, address: str) -> str | None:
    """Where a lasting address leads: 2026-10, 2026, 2026-11-to-date, or to-date (the newest). None: nowhere yet."""
    published = Report.objects.filter(state=ReportState.PUBLISHED)
    if address == TO_DATE_ADDRESS:
        newest = published.filter(kind=ReportKind.TO_DATE).order_by("-first_period").first()
        return newest.slug if newest else None
    by_address = published.filter(slug__startswith=f"{address}-r").values_list("slug", flat=True)
    return next((slug for slug in by_address if slug.removeprefix(f"{address}-r").isdigit()), None)


def report_page(*, slug: str) -> ReportPage | None:
    """The page of a published or superseded report in the active language. Two queries."""
    report = _public(slug)
    return _page_of(report) if report else None


def report_preview(*, report_id: int) -> ReportPage | None:
    """The page of a report as its reviewer should read it before it is published. For the staff's desk alone."""
    report = Report.objects.filter(pk=report_id).first()
    return _page_of(report) if report else None


def _page_of(report: Report) -> ReportPage | None:
    if report.content is None:
        return None
    body = bytes(report.content)
    same = Report.objects.filter(
        kind=report.kind, first_period=report.first_period, last_period=report.last_period, state__in=PUBLIC_STATES
    ).order_by("revision")
    revisions = [
        Revision(
            slug=slug,
            number=number,
            published_on=on_day(published_at),
            is_this=slug == report.slug,
            is_newest=state == ReportState.PUBLISHED,
        )
        for slug, number, published_at, state in same.values_list("slug", "revision", "published_at", "state")
        if published_at is not None
    ]
    newest = next((revision.slug for revision in revisions if revision.is_newest), None)
    return page_of(
        content=json.loads(body),
        sha256=report.sha256,
        size=len(body),
        published_on=on_day(report.published_at) if report.published_at else None,
        revisions=revisions,
        superseded_by=newest if report.state == ReportState.SUPERSEDED else None,
    )


def report_json(*, slug: str) -> tuple[bytes, str] | None:
    """The frozen canonical bytes and their SHA-256."""
    report = _public(slug)
    return (bytes(report.content), report.sha256) if report and report.content is not None else None


def report_csv(*, slug: str, language: str) -> tuple[str, str] | None:
    """The figures as one CSV table, and the SHA-256 of the content they come from."""
    report = _public(slug)
    if report is None or report.content is None:
        return None
    return csv_of(json.loads(bytes(report.content)), language=language), report.sha256


def _public(slug: str) -> Report | None:
    return Report.objects.filter(slug=slug, state__in=PUBLIC_STATES).first()
