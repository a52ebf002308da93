"""Help in units, as the room of deliveries tells it: rows named like the sections of a report."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from aid_packages.deliveries import queries
from ledger.models import Mark
from transparency.figures.facts import Act, Row

PREFIX = "deliveries_"
"""Before that room's names of tables, among all that stands beside a mark."""
UNITS = ("opening_free", "bought", "in_kind", "reserved", "delivered", "lost", "expired", "closing_free")


def last_ids() -> dict[str, int]:
    """How far its tables went."""
    return {f"{PREFIX}{name}": last for name, last in queries.last_ids().items()}


def goods_without_document(*, last_period: int, mark: Mark, ids: Mapping[str, int]) -> list[queries.WithoutDocument]:
    """Bought goods whose document was taken back, and that stand on no other: their cost is counted nowhere."""
    return queries.without_document(last_period=last_period, mark=mark, upto=_own(ids))


def _own(ids: Mapping[str, int]) -> dict[str, int]:
    return {name.removeprefix(PREFIX): last for name, last in ids.items() if name.startswith(PREFIX)}


def read_deliveries(*, first_period: int, last_period: int, ids: Mapping[str, int]) -> dict[str, Any]:
    """The sections deliveries, services, unit_costs, weeks, and what the story counts."""
    scope: dict[str, Any] = {
        "first_period": first_period,
        "last_period": last_period,
        "upto": _own(ids),
    }
    people = queries.people(**scope)
    counted = {"from": people.counted, "below": people.below} if people.counted is not None else None
    return {
        "deliveries": tuple(_unit_row(row) for row in queries.units(**scope)),
        "services": tuple(
            {
                "fund": row.fund_code,
                "service": row.service_code,
                "name": row.name,
                "unit": row.unit,
                "units": row.units,
                "people": row.people,
            }
            for row in queries.services(**scope)
        ),
        "unit_costs": tuple(
            {
                "item": row.item_code,
                "name": row.name,
                "sku": row.sku,
                "planned": row.planned_minor,
                "actual": row.actual_minor,
                "units": row.units,
            }
            for row in queries.unit_costs(**scope)
        ),
        "weeks": tuple(
            {"week": row.week, "region": row.region_code, "acts": row.acts["from"]} for row in queries.weeks(**scope)
        ),
        "acts": _acts(queries.acts_of_help(**scope)),
        "people": counted,
        "nationalities": people.nationalities,
    }


def _unit_row(row: queries.UnitRow) -> Row:
    about = {"fund": row.fund_code, "item": row.item_code, "name": row.name, "unit": row.unit}
    return {**about, **{column: getattr(row, column) for column in UNITS}}


def _acts(rows: list[queries.ActRow]) -> tuple[Act, ...]:
    """Over weeks and regions: the story asks only what was done for which need."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        counts[row.fund_code, row.kind] += row.count
    return tuple(Act(fund=fund, kind=kind, count=count) for (fund, kind), count in sorted(counts.items()))
