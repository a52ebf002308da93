"""What stands beside a mark: last ids of the other rooms' tables, names, and what other published reports say."""

from typing import Any

from core.periods import period_of
from ledger.models import Mark
from transparency.figures.lines import LINES
from transparency.models import MarkReading, OrganisationIncome, Report, ReportKind, ReportState
from transparency.models.report import PUBLIC_STATES
from transparency.sources import aid, attribution, deliveries, evidence, share
from transparency.sources.cells import choose_rows
from transparency.sources.reading import Reading

INCOME = "transparency_organisationincome"
WITH_A_YEAR_BEFORE = (ReportKind.MONTH, ReportKind.QUARTER, ReportKind.YEAR)
OF_MONTHS = (ReportKind.QUARTER, ReportKind.YEAR, ReportKind.CAMPAIGN)


def last_ids() -> dict[str, int]:
    """How far every table went that a report reads and that hangs on no entry. To be quick: everybody who posts waits."""
    income = OrganisationIncome.objects.order_by("-pk").values_list("pk", flat=True).first()
    return {
        **aid.last_ids(),
        **attribution.last_ids(),
        **deliveries.last_ids(),
        **evidence.last_ids(),
        **share.last_ids(),
        INCOME: income or 0,
    }


def newest_reading(*, as_of: Any) -> MarkReading | None:
    """The newest mark not after that instant of which it is kept what stood beside it."""
    kept = MarkReading.objects.filter(mark__taken_at__lte=as_of).select_related("mark")
    return kept.order_by("-mark__taken_at", "-mark_id").first()


def read_inputs(*, report: Report, reading: Reading, ids: dict[str, int]) -> dict[str, Any]:
    """What of the present goes into the report for good: its rows, the year before, the notes of its months."""
    cells, refused = _rows(report, reading)
    return {
        "ids": ids,
        "cells": [list(cell) for cell in cells],
        "refused": refused,
        "year_before": _year_before(report),
        "months": _months(report),
        "published": slugs_beside(report=report),
    }


def slugs_beside(*, report: Report) -> list[str]:
    """Every other public report that shows funds, by slug: also those of other months tell balances at their ends."""
    others = Report.objects.filter(state__in=PUBLIC_STATES).exclude(pk=report.pk).exclude(kind=ReportKind.COHORT)
    return [] if report.kind == ReportKind.COHORT else sorted(others.values_list("slug", flat=True))


def fund_codes(*, report: Report, reading: Reading) -> list[str]:
    """The funds that the report is about, as far as they ever moved."""
    if report.kind == ReportKind.COHORT:
        return []
    wanted = set(report.campaign.funds) if report.campaign else None
    return [fund.code for fund in reading.funds if wanted is None or fund.code in wanted]


def cohort_until(*, mark: Mark) -> int:
    """A report of a year's gifts follows them to the month of its mark."""
    return period_of(mark.taken_at)


def _rows(report: Report, reading: Reading) -> tuple[list[tuple[str, ...]], list[str]]:
    codes = fund_codes(report=report, reading=reading)
    names = report.names or {}
    ordered = sorted(codes, key=lambda code: (names["funds"][code]["parent"] is not None, code))
    return choose_rows(
        report=report,
        mark=reading.mark,
        funds=ordered,
        parents={code: about["parent"] for code, about in names["funds"].items()},
        alone=reading.donors.by_fund if codes else {},
    )


def _year_before(report: Report) -> dict[str, Any] | None:
    if report.kind not in WITH_A_YEAR_BEFORE:
        return None
    older = Report.objects.filter(
        kind=report.kind,
        first_period=report.first_period - 100,
        last_period=report.last_period - 100,
        state=ReportState.PUBLISHED,
    ).first()
    if older is None or older.summary is None:
        return None
    return {"slug": older.slug, "lines": {line: older.summary[line] for line in LINES}}


def _months(report: Report) -> list[dict[str, Any]] | None:
    """The published months in it, with the roots of their notes."""
    if report.kind not in OF_MONTHS:
        return None
    months = Report.objects.filter(
        kind=ReportKind.MONTH,
        first_period__gte=report.first_period,
        last_period__lte=report.last_period,
        state=ReportState.PUBLISHED,
    ).order_by("first_period")
    return [
        {"slug": slug, "root": notes["root"], "sum": notes["sum"], "taken_back": notes["taken_back"]}
        for slug, notes in months.values_list("slug", "inputs__notes")
        if notes is not None
    ]
