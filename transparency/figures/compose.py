"""The content of a report by the first method. Kept as it was: the first reports are computed again by it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from core.documents.canonical import canonical_json
from transparency.figures.lines import LINES, total_lines
from transparency.figures.material import Correction, FundSums, Material, Names, Occasion, PartnerSums, Spending
from transparency.method import (
    CURRENCY,
    DONOR_BAND,
    FIRST_METHOD,
    REGION_DELAY_DAYS,
    donor_band,
    regions_may_show,
)

SCHEMA = "urn:store-without-borders:report:1"
LIMITS = ("bank_not_reconciled", "pooled_by_need", "documents_not_deliveries")
"""What the report can't say, each a text on its page: bank statements aren't imported yet; money is pooled; a document
shows that something was paid for, not that it arrived."""

FUND_COLUMNS = (
    "opening",
    "received",
    "share_received",
    "redirected_in",
    "covered",
    "fees",
    "share",
    "refunds",
    "losses",
    "cover_given",
    "spent",
    "redirected_out",
    "closing",
)
"""The columns of a fund's row: what it had, four or five ways in, seven ways out, what it has."""

PARTNER_COLUMNS = ("opening", "advanced", "accounted", "returned", "closing")


def compose(*, occasion: Occasion, names: Names, material: Material, correction: Correction | None) -> dict[str, Any]:
    """The content as one JSON value: integers in grosze, no free text but names and the reason of a correction."""
    lines = total_lines(material)
    return {
        "schema": SCHEMA,
        "report": {
            "kind": occasion.kind,
            "first_period": occasion.first_period,
            "last_period": occasion.last_period,
            "revision": occasion.revision,
            "slug": occasion.slug,
        },
        "mark": {"id": occasion.mark_id, "last_entry": occasion.last_entry, "taken_at": _instant(occasion.taken_at)},
        "method": {"version": FIRST_METHOD, "donor_band": DONOR_BAND, "region_delay_days": REGION_DELAY_DAYS},
        "donee": names["donee"],
        "currency": CURRENCY,
        "lines": lines,
        "donors": donor_band(material.donors),
        "funds": [_fund_row(fund, names, material) for fund in in_tree_order(material.funds, names)],
        "partners": [_partner_row(partner, names, material.spending) for partner in _by_code(material.partners)],
        "own_purchases": _sum_of(row for row in material.spending if row.partner is None),
        "regions": _regions(occasion, names, material.spending),
        "evidence": _evidence(material.spending),
        "limits": list(LIMITS),
        "correction": _correction(correction, lines),
    }


def content_bytes(content: dict[str, Any]) -> bytes:
    """The canonical bytes (RFC 8785) that are kept, hashed and handed out."""
    return canonical_json(content)


def in_tree_order(funds: Iterable[FundSums], names: Names) -> list[FundSums]:
    """Each area followed by its needs, unrestricted money first, running costs last."""
    rank = {"unrestricted": 0, "purpose": 1, "designated": 2}

    def place(fund: FundSums) -> tuple[int, str, int, str]:
        about = names["funds"][fund.code]
        parent = about["parent"]
        above = parent if parent and names["funds"][parent]["restriction"] == "purpose" else None
        return (rank[about["restriction"]], above or fund.code, 1 if above else 0, fund.code)

    return sorted(funds, key=place)


def _fund_row(fund: FundSums, names: Names, material: Material) -> dict[str, Any]:
    about = names["funds"][fund.code]
    return {
        "code": fund.code,
        "name": about["name"],
        "parent": about["parent"],
        "restriction": about["restriction"],
        "donors": donor_band(material.donors_by_fund.get(fund.code, 0)),
        "documents": sum(row.documents for row in material.spending if row.fund == fund.code),
        "promised": fund.promised,
        **{column: getattr(fund, column) for column in FUND_COLUMNS},
    }


def _partner_row(partner: PartnerSums, names: Names, spending: Iterable[Spending]) -> dict[str, Any]:
    return {
        "code": partner.code,
        "name": names["partners"][partner.code],
        **{column: getattr(partner, column) for column in PARTNER_COLUMNS},
        **_sum_of(row for row in spending if row.partner == partner.code),
    }


def _regions(occasion: Occasion, names: Names, spending: tuple[Spending, ...]) -> dict[str, Any]:
    """Help by region, or nothing at all while it is too recent."""
    if not regions_may_show(last_period=occasion.last_period, taken_at=occasion.taken_at):
        return {"withheld": True, "rows": []}
    codes = sorted({row.region or "" for row in spending})
    rows = [
        {
            "code": code or None,
            "name": names["regions"][code] if code else None,
            **_sum_of(row for row in spending if (row.region or "") == code),
        }
        for code in codes
    ]
    return {"withheld": False, "rows": rows}


def _evidence(spending: tuple[Spending, ...]) -> list[dict[str, Any]]:
    return [
        {"grade": grade, **_sum_of(row for row in spending if row.grade == grade)}
        for grade in sorted({row.grade for row in spending})
    ]


def _sum_of(rows: Iterable[Spending]) -> dict[str, int]:
    spent = documents = 0
    for row in rows:
        spent += row.amount
        documents += row.documents
    return {"spent": spent, "documents": documents}


def _by_code(partners: Iterable[PartnerSums]) -> list[PartnerSums]:
    return sorted(partners, key=lambda partner: partner.code)


def _correction(correction: Correction | None, lines: dict[str, int]) -> dict[str, Any] | None:
    if correction is None:
        return None
    return {
        "corrects": correction.slug,
        "sha256": correction.sha256,
        "reason": correction.reason,
        "difference": {line: lines[line] - correction.lines[line] for line in LINES},
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
