"""What the public reads. Only published content: no question here looks at the ledger."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils.translation import get_language

from core.texts import in_language
from transparency.exports.sections import WHOLE, Wanted
from transparency.models import Report, ReportKind, ReportState
from transparency.models.report import PUBLIC_STATES
from transparency.pages.kept import Kept
from transparency.pages.report_list import ToldStory
from transparency.pages.report_page import Line, ReportPage, Revision, five_lines, on_day, page_of
from transparency.pages.story import story_of
from transparency.pages.words import title_of

TO_DATE_ADDRESS = "to-date"
_contents: Kept[tuple[Mapping[str, Any], int]] = Kept(most=24)
"""Parsed content and its size by SHA-256: parsed once, for it can't change."""
_pages: Kept[ReportPage] = Kept(most=96)


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
    sha256: str


@dataclass(frozen=True)
class Frozen:
    """A published report: what stands on its row, its revisions, and its content as it was sealed."""

    pk: int
    slug: str
    kind: str
    state: str
    sha256: str
    published_at: datetime
    revisions: tuple[Revision, ...]
    content: Mapping[str, Any]
    size: int
    """Of the canonical JSON, in bytes."""

    @property
    def superseded_by(self) -> str | None:
        """The newest revision, when this isn't it."""
        if self.state != ReportState.SUPERSEDED:
            return None
        return next((revision.slug for revision in self.revisions if revision.is_newest), None)


def published_reports() -> list[ListedReport]:
    """The newest revision of each report: newest months first, a year before its months. One query.

    A month-to-date report gives way to the month's own.
    """
    rows = Report.objects.filter(state=ReportState.PUBLISHED).values_list(
        "slug", "kind", "first_period", "last_period", "revision", "published_at", "summary", "campaign__name", "sha256"
    )
    months = {row[2] for row in rows if row[1] == ReportKind.MONTH}
    current = [row for row in rows if row[1] != ReportKind.TO_DATE or row[2] not in months]
    newest_first = sorted(current, key=lambda row: (row[3], row[1] == ReportKind.YEAR, row[5]), reverse=True)
    return [
        ListedReport(
            slug=slug,
            kind=kind,
            title=title_of(kind=kind, first_period=first, campaign=in_language(campaign) if campaign else ""),
            year=first // 100,
            revision=revision,
            published_on=on_day(published_at),
            came_in=summary["came_in"],
            helped=summary["help_with_documents"],
            five=five_lines(summary),
            sha256=sha256,
        )
        for slug, kind, first, _last, revision, published_at, summary, campaign, sha256 in newest_first
        if published_at is not None and summary is not None
    ]


def newest_story(reports: Sequence[ListedReport]) -> ToldStory | None:
    """The story of the newest year among `reports`, else of the newest month that has one. A query when not yet read."""
    for kind in (ReportKind.YEAR, ReportKind.MONTH):
        newest = next((report for report in reports if report.kind == kind), None)
        if newest is None:
            continue
        content, _size = _contents.get(newest.sha256, partial(_read, newest.slug))
        story = story_of(content)
        if story is not None:
            return ToldStory(title=newest.title, slug=newest.slug, story=story)
    return None


def newest_slug(*, address: str) -> str | None:
    """Where a lasting address leads: 2026-10, 2026-q4, 2026, to-date (the newest), … None: nowhere yet."""
    published = Report.objects.filter(state=ReportState.PUBLISHED)
    if address == TO_DATE_ADDRESS:
        newest = published.filter(kind=ReportKind.TO_DATE).order_by("-first_period").first()
        return newest.slug if newest else None
    by_address = published.filter(slug__startswith=f"{address}-r").values_list("slug", flat=True)
    return next((slug for slug in by_address if slug.removeprefix(f"{address}-r").isdigit()), None)


def frozen_report(*, slug: str) -> Frozen | None:
    """A published or superseded report. One query when its content was read before, else two."""
    address = slug.rpartition("-r")[0]
    rows = [
        row
        for row in Report.objects.filter(slug__startswith=f"{address}-r", state__in=PUBLIC_STATES)
        .order_by("revision")
        .values_list("pk", "slug", "kind", "state", "revision", "sha256", "published_at")
        if row[1].rpartition("-r")[0] == address
    ]
    this = next((row for row in rows if row[1] == slug), None)
    if this is None:
        return None
    revisions = tuple(
        Revision(
            slug=each,
            number=number,
            published_on=on_day(published_at),
            is_this=each == slug,
            is_newest=state == ReportState.PUBLISHED,
        )
        for _pk, each, _kind, state, number, _sha256, published_at in rows
        if published_at is not None
    )
    pk, _slug, kind, state, _number, sha256, published_at = this
    assert published_at is not None
    content, size = _contents.get(sha256, lambda: _parsed(_bytes_of(pk)))
    return Frozen(
        pk=pk,
        slug=slug,
        kind=kind,
        state=state,
        sha256=sha256,
        published_at=published_at,
        revisions=revisions,
        content=content,
        size=size,
    )


def report_page(*, slug: str, wanted: Wanted = WHOLE) -> ReportPage | None:
    """The page of a published or superseded report in the active language. Two queries at most.

    Raises NothingUnderThisName when `wanted` names what the report doesn't know.
    """
    found = frozen_report(slug=slug)
    if found is None:
        return None
    key = (found.sha256, get_language(), wanted, found.revisions)
    return _pages.get(
        key,
        lambda: page_of(
            content=found.content,
            sha256=found.sha256,
            size=found.size,
            published_on=on_day(found.published_at),
            revisions=found.revisions,
            superseded_by=found.superseded_by,
            wanted=wanted,
        ),
    )


def report_preview(*, report_id: int) -> ReportPage | None:
    """The page of a report as its reviewer should read it before it is published. For the staff's desk alone."""
    report = Report.objects.filter(pk=report_id).first()
    if report is None or report.content is None:
        return None
    content, size = _parsed(bytes(report.content))
    return page_of(
        content=content,
        sha256=report.sha256,
        size=size,
        published_on=on_day(report.published_at) if report.published_at else None,
        revisions=(),
        superseded_by=None,
    )


def report_json(*, slug: str) -> tuple[bytes, str] | None:
    """The frozen canonical bytes and their SHA-256."""
    row = Report.objects.filter(slug=slug, state__in=PUBLIC_STATES).values_list("content", "sha256").first()
    return (bytes(row[0]), row[1]) if row and row[0] is not None else None


def _read(slug: str) -> tuple[Mapping[str, Any], int]:
    content = Report.objects.values_list("content", flat=True).get(slug=slug, state__in=PUBLIC_STATES)
    return _parsed(bytes(content or b""))


def _bytes_of(pk: int) -> bytes:
    content = Report.objects.values_list("content", flat=True).get(pk=pk)
    return bytes(content or b"")


def _parsed(body: bytes) -> tuple[Mapping[str, Any], int]:
    return json.loads(body), len(body)
