"""The content of a report, by the second and third method: what is printed and frozen. The same input gives the same bytes."""

from datetime import UTC, datetime
from typing import Any

from core.documents.canonical import canonical_json
from transparency.figures import sections
from transparency.figures.correction import correction_of
from transparency.figures.facts import Facts, Older, Row
from transparency.figures.flow import flow_of
from transparency.figures.material import Names, Occasion
from transparency.figures.story import story_of
from transparency.figures.whole import lines_of
from transparency.method import (
    CURRENCY,
    DONOR_BAND,
    REGION_DELAY_DAYS,
    SECOND_METHOD,
    SMALLEST_CELL,
    donor_band,
    permille,
    regions_may_show,
)

SCHEMA = "urn:store-without-borders:report:2"
ATTRIBUTION_METHOD = 1
LIMITS = ("bank_not_reconciled", "pooled_by_need", "documents_not_deliveries")
"""What no report can say; two more follow from what is in it."""


def compose(*, occasion: Occasion, names: Names, facts: Facts, older: Older | None) -> Row:
    """The content as one JSON value: integers in grosze, no free text but names and reasons."""
    lines = lines_of(facts, some_funds_only=occasion.campaign is not None)
    cell_of = {code: cell[0] for cell in facts.cells for code in cell}
    partner_codes = _partner_codes(names)
    within = sections.moved_within(facts, cell_of) if occasion.method != SECOND_METHOD else {}
    content: Row = {
        "schema": SCHEMA,
        "report": _about(occasion),
        "mark": _mark(occasion),
        "method": _method(occasion),
        "donee": names["donee"],
        "currency": CURRENCY,
        "lines": lines,
        "donors": donor_band(facts.donors),
        "story": story_of(facts, spent=lines["help_with_documents"]),
        "funds": sections.fund_rows(facts, names, within),
        "needs": sections.need_rows(facts, names),
        "partners": sections.partner_rows(facts, names, partner_codes),
        "own_purchases": sections.own_purchases(facts),
        "regions": sections.region_section(occasion, facts, names),
        "deliveries": list(facts.deliveries),
        "services": list(facts.services),
        "unit_costs": list(facts.unit_costs),
        "cohorts": list(facts.cohorts),
        "policy": sections.policy_section(facts, lines),
        "year_on_year": facts.year_before,
        "redirects": sections.redirect_rows(facts, cell_of),
        "deficits": sections.deficit_rows(facts, cell_of),
        "provider": list(facts.provider),
        "payouts": facts.payouts,
        "evidence": sections.evidence_rows(facts),
        "withheld": list(facts.withheld),
        "income_share": _income_share(facts, lines["came_in"]),
        "accepted_differences": list(facts.accepted),
        "flow": flow_of(facts, lines, cell_of=cell_of, partner_codes=partner_codes, within=within),
        "weeks": list(facts.weeks) if _weeks_may_show(occasion) else [],
        "notes": sections.notes_section(facts, cell_of),
        "limits": [*LIMITS, *_more_limits(facts)],
    }
    return {**content, "correction": correction_of(content, older)}


def _mark(occasion: Occasion) -> Row:
    """Which mark it is. How far each table went counts what was recorded between two reports: staff's replay reads that from
    the report's row, and only the second method printed it.
    """
    mark: Row = {"id": occasion.mark_id, "taken_at": _instant(occasion.taken_at)}
    if occasion.method == SECOND_METHOD:
        return {**mark, "last_entry": occasion.last_entry, "inputs": dict(sorted(occasion.ids.items()))}
    return mark


def _method(occasion: Occasion) -> Row:
    return {
        "version": occasion.method,
        "donor_band": DONOR_BAND,
        "smallest_cell": SMALLEST_CELL,
        "region_delay_days": REGION_DELAY_DAYS,
        "attribution": ATTRIBUTION_METHOD,
    }


def content_bytes(content: Row) -> bytes:
    """The canonical bytes (RFC 8785) that are kept, hashed and handed out."""
    return canonical_json(content)


def _about(occasion: Occasion) -> dict[str, Any]:
    return {
        "kind": occasion.kind,
        "first_period": occasion.first_period,
        "last_period": occasion.last_period,
        "revision": occasion.revision,
        "slug": occasion.slug,
        "campaign": occasion.campaign,
        "cohort": occasion.cohort,
        "as_of": _instant(occasion.taken_at),
    }


def _partner_codes(names: Names) -> dict[str, str]:
    """Each partner's printed code: its own, or another where it asked not to be named."""
    return {code: str(names.get("aliases", {}).get(code, code)) for code in names["partners"]}


def _weeks_may_show(occasion: Occasion) -> bool:
    return regions_may_show(last_period=occasion.last_period, taken_at=occasion.taken_at)


def _income_share(facts: Facts, came_in: int) -> Row | None:
    if facts.income is None:
        return None
    year, income = facts.income
    return {"year": year, "organisation_income": income, "covered_permille": permille(came_in, income)}


def _more_limits(facts: Facts) -> list[str]:
    merged = ["small_groups_merged"] if any(len(cell) > 1 for cell in facts.cells) else []
    return [*merged, *(["differences_accepted"] if facts.accepted else [])]


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
