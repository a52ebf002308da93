"""All facts of one report of the second method, read at its mark and from what stands beside it."""

from typing import Any

from core.periods import periods_between
from ledger.accounts import STRIPE_CLEARING
from transparency.figures.facts import Facts, Row
from transparency.figures.material import PartnerSums
from transparency.method import SECOND_METHOD
from transparency.models import CheckName, OrganisationIncome, Report, ReportKind
from transparency.sources import aid, attribution, deliveries, evidence, notes, payouts, share
from transparency.sources.beside import INCOME, cohort_until, fund_codes
from transparency.sources.cells import givers
from transparency.sources.reading import Reading


def read_facts(*, report: Report, reading: Reading) -> Facts:
    """The same whenever it is called: by the mark, the ids beside it and the inputs on the row, whatever came since."""
    if report.kind == ReportKind.COHORT:
        return _of_a_cohort(report, reading)
    inputs = report.inputs or {}
    cells = tuple(tuple(cell) for cell in inputs["cells"])
    shared: dict[str, Any] = {
        "cells": cells,
        "donors_by_cell": _donors_by_cell(cells, reading),
        "year_before": inputs["year_before"],
        "accepted": accepted_rows(report=report),
        "notes": _notes(report, inputs),
    }
    if report.campaign is not None:
        return Facts(**shared, **_of_some_funds(report, reading))
    months: dict[str, Any] = {"first_period": reading.first_period, "last_period": reading.last_period}
    ids = inputs["ids"]
    return Facts(
        funds=tuple(reading.funds),
        partners=tuple(reading.partners),
        spending=tuple(reading.spending),
        donors=reading.donors.total,
        redirects=tuple(aid.read_redirects(**months, mark=reading.mark)),
        provider=_provider(report, reading),
        payouts=payouts.read_payouts(**months, mark=reading.mark) if _tells_of_the_mark(report) else None,
        cohorts=tuple(attribution.read_cohorts(last_period=reading.last_period, mark=reading.mark, ids=ids)),
        income=_income(report, ids),
        share=share.read_share(**months, mark=reading.mark, ids=ids),
        **deliveries.read_deliveries(**months, ids=ids),
        **evidence.read_evidence(**months, mark=reading.mark, ids=ids),
        **shared,
    )


def accepted_rows(*, report: Report) -> tuple[Row, ...]:
    """The differences that the treasurer accepted at the report's mark."""
    return tuple(
        {
            "check": row.check_name,
            "subject": _subject(report, row.check_name, row.subject),
            "amount": row.amount_minor,
            "reason": row.reason,
        }
        for row in report.accepted.filter(mark=report.mark).order_by("id")
    )


def _subject(report: Report, check: str, subject: str) -> str:
    """What a difference is about. Of clearing it names the provider's sums as of the mark, which only staff read."""
    return subject if check != CheckName.CLEARING or _tells_of_the_mark(report) else STRIPE_CLEARING


def _tells_of_the_mark(report: Report) -> bool:
    return report.method_version == SECOND_METHOD


def _of_some_funds(report: Report, reading: Reading) -> dict[str, Any]:
    """A campaign: what its funds did, and nothing that can't be told by fund."""
    codes = frozenset(fund_codes(report=report, reading=reading))
    months: dict[str, Any] = {"first_period": reading.first_period, "last_period": reading.last_period}
    moves = aid.partner_moves(**months, mark=reading.mark, funds=codes)
    partners = tuple(PartnerSums(code=code, **sums) for code, sums in sorted(moves.items()))
    helped = deliveries.read_deliveries(**months, ids=(report.inputs or {})["ids"])
    redirects = aid.read_redirects(**months, mark=reading.mark)
    return {
        "funds": tuple(fund for fund in reading.funds if fund.code in codes),
        "partners": partners,
        "with_partners": sum(partner.closing for partner in partners),
        "spending": tuple(row for row in reading.spending if row.fund in codes),
        "donors": givers(funds=codes, periods=_periods(reading), mark=reading.mark),
        "share": share.read_share(**months, mark=reading.mark, ids=(report.inputs or {})["ids"], funds=codes),
        "redirects": tuple(row for row in redirects if {row["from"], row["to"]} & codes),
        "deliveries": tuple(row for row in helped["deliveries"] if row["fund"] in codes),
        "services": tuple(row for row in helped["services"] if row["fund"] in codes),
        "acts": tuple(act for act in helped["acts"] if act.fund in codes),
    }


def _of_a_cohort(report: Report, reading: Reading) -> Facts:
    year = report.first_period // 100
    until = cohort_until(mark=reading.mark)
    rows = attribution.read_cohorts(last_period=until, mark=reading.mark, ids=(report.inputs or {})["ids"])
    nothing = {"year": year, **dict.fromkeys(attribution.COLUMNS, 0)}
    row = next((row for row in rows if row["year"] == year), nothing)
    return Facts(
        funds=(),
        partners=(),
        spending=(),
        cells=(),
        donors=reading.donors.total,
        cohort=row,
        cohorts=(row,),
        share=_share_of_a_cohort(reading, year=year, until=until, ids=(report.inputs or {})["ids"]),
        accepted=accepted_rows(report=report),
    )


def _share_of_a_cohort(reading: Reading, *, year: int, until: int, ids: dict[str, int]) -> Row | None:
    """What was said and booked in the year, and what running costs kept of it by the mark."""
    told = share.read_share(
        first_period=reading.first_period, last_period=reading.last_period, mark=reading.mark, ids=ids
    )
    if told is None:
        return None
    booked = sum(fund.share for fund in reading.funds)
    back = attribution.shares_back(last_period=until, mark=reading.mark, ids=ids).get(year, 0)
    return {**told, "booked": booked, "kept": booked - back}


def _donors_by_cell(cells: tuple[tuple[str, ...], ...], reading: Reading) -> dict[str, int]:
    """People who gave to several funds of a row are one person in it."""
    alone = reading.donors.by_fund
    return {
        cell[0]: alone.get(cell[0], 0)
        if len(cell) == 1
        else givers(funds=frozenset(cell), periods=_periods(reading), mark=reading.mark)
        for cell in cells
    }


def _notes(report: Report, inputs: dict[str, Any]) -> Row | None:
    if inputs["months"] is not None:
        months = inputs["months"]
        return {
            "months": months,
            "sum": sum(month["sum"] for month in months),
            "taken_back": sum(month["taken_back"] for month in months),
        }
    sealed = inputs.get("notes")
    if sealed is None:
        return None
    return {**sealed, "counts": notes.counts_of(report=report.slug, root=sealed["root"])}


def _provider(report: Report, reading: Reading) -> tuple[Row, ...]:
    """Of whole months that are over. A report of the present month has none of its own."""
    if _tells_of_the_mark(report):
        moved = reading.by_category
    elif report.kind == ReportKind.TO_DATE:
        moved = {}
    else:
        moved = reading.by_category_at_the_end
    return tuple({"category": category, "net": net} for category, net in sorted(moved.items()))


def _income(report: Report, ids: dict[str, int]) -> tuple[int, int] | None:
    """The organisation's income of the year that the report is about."""
    if report.kind != ReportKind.YEAR:
        return None
    known = OrganisationIncome.objects.filter(year=report.first_period // 100, pk__lte=ids.get(INCOME, 0))
    newest = known.order_by("-pk").first()
    return (newest.year, newest.income_minor) if newest else None


def _periods(reading: Reading) -> list[int]:
    return periods_between(reading.first_period, reading.last_period)
