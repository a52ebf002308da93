"""Acts of help, for the story a report tells: each traced to the rows it is counted from."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from aid_packages.deliveries.queries.bands import LEAST, band
from aid_packages.deliveries.queries.rows import Upto, fetch, shown_until
from aid_packages.deliveries.weeks import week_text

DELIVERY = "delivery"


@dataclass(frozen=True)
class ActRow:
    """Acts of one kind for one fund in one cell of region and week.

    `kind` is "delivery" or "service:<item code>". A cell (region, week) never stands for fewer than five acts, or five
    people where they were all counted: it loses its week, then its region (None). To be published: sums over kinds and
    funds by (region, week), in bands (see `weeks`), or sums over all cells; never a single row.
    `delivery_ids`: the ids of the deliveries, or of the service rows, that it is counted from; not to be published.
    """

    kind: str
    fund_code: str
    region_code: str | None
    week: str | None
    count: int
    delivery_ids: tuple[int, ...]


@dataclass(frozen=True)
class WeekRow:
    """How many acts of help there were in a week and region, as a band; None where the cell was too small to tell."""

    week: str | None
    region_code: str | None
    acts: dict[str, int]


@dataclass(frozen=True)
class _Act:
    kind: str
    fund_code: str
    region_code: str | None
    week: int | None
    people: int | None
    row_id: int
    period: int


_ACTS = """
SELECT %(delivery_kind)s, act.fund_code, region.code, act.week, act.people, act.id, act.period
  FROM deliveries_delivery act
  JOIN aid_packages_region region ON region.id = act.region_id
 WHERE act.counters_id IS NULL AND act.id <= %(delivery)s AND act.period BETWEEN %(first)s AND %(last)s
   AND NOT EXISTS (SELECT FROM deliveries_delivery back
                    WHERE back.counters_id = act.id AND back.id <= %(delivery)s AND back.period <= %(last)s)
UNION ALL
SELECT 'service:' || item.code, act.fund_code, region.code, act.week, act.people, act.id, act.period
  FROM deliveries_service act
  JOIN aid_packages_region region ON region.id = act.region_id
  JOIN deliveries_aiditem item ON item.id = act.item_id
 WHERE act.counters_id IS NULL AND act.id <= %(service)s AND act.period BETWEEN %(first)s AND %(last)s
   AND NOT EXISTS (SELECT FROM deliveries_service back
                    WHERE back.counters_id = act.id AND back.id <= %(service)s AND back.period <= %(last)s)
 ORDER BY 1, 2, 3, 4, 6
"""


def acts_of_help(*, first_period: int, last_period: int, upto: Upto) -> list[ActRow]:
    """The acts of the months that stand, in cells that tell nobody apart; none of a month where there were fewer than five.

    Sum `count` for the number of acts. One query.
    """
    facts = {
        "first": first_period,
        "last": shown_until(last_period=last_period, upto=upto),
        "delivery_kind": DELIVERY,
        **{name: upto.get(name, 0) for name in ("delivery", "service")},
    }
    merged = _merged(_of_told_months([_Act(*row) for row in fetch(_ACTS, facts)]))
    grouped: dict[tuple[str, str, str | None, int | None], list[int]] = defaultdict(list)
    for act in merged:
        grouped[act.kind, act.fund_code, act.region_code, act.week].append(act.row_id)
    return [
        ActRow(kind, fund, region, week_text(week) if week else None, len(ids), tuple(sorted(ids)))
        for (kind, fund, region, week), ids in sorted(grouped.items(), key=lambda cell: _order(*cell[0]))
    ]


def weeks(*, first_period: int, last_period: int, upto: Upto) -> list[WeekRow]:
    """What may be published of time and place: acts by week and region, merged below five, counted in bands of five."""
    cells: Counter[tuple[str | None, str | None]] = Counter()
    for row in acts_of_help(first_period=first_period, last_period=last_period, upto=upto):
        cells[row.week, row.region_code] += row.count
    found = sorted(cells.items(), key=lambda cell: (cell[0][0] or "~", cell[0][1] or "~"))
    return [WeekRow(week, region, told) for (week, region), count in found if (told := band(count))]


def _of_told_months(acts: list[_Act]) -> list[_Act]:
    """Without the months in which there were few: were a year to count them, its months' reports would tell them."""
    months: dict[int, list[_Act]] = defaultdict(list)
    for act in acts:
        months[act.period].append(act)
    return [act for act in acts if not _small(months[act.period])]


def _merged(acts: list[_Act]) -> list[_Act]:
    """The acts, those of small cells without their week, then without their region; none when all together are few."""
    if _small(acts):
        return []
    acts = [act for cell in _cells(acts) for act in (_without_week(cell) if _small(cell) else cell)]
    regions: dict[str | None, list[_Act]] = defaultdict(list)
    for act in acts:
        if act.week is None:
            regions[act.region_code].append(act)
    hidden = {region for region, left in regions.items() if _small(left)}
    acts = [replace(act, region_code=None) if act.week is None and act.region_code in hidden else act for act in acts]
    return _absorbed(acts)


def _absorbed(acts: list[_Act]) -> list[_Act]:
    """Where what has no region is itself few, the smallest other cells join it: else the total would tell it apart."""
    while _small(hidden := [act for act in acts if act.region_code is None]) and hidden:
        others = [cell for cell in _cells(acts) if cell[0].region_code is not None]
        smallest = min(others, key=lambda cell: (len(cell), cell[0].week or 0, cell[0].region_code or ""))
        chosen = {(act.kind, act.row_id) for act in smallest}
        acts = [replace(act, week=None, region_code=None) if (act.kind, act.row_id) in chosen else act for act in acts]
    return acts


def _cells(acts: Iterable[_Act]) -> list[list[_Act]]:
    cells: dict[tuple[str, int], list[_Act]] = defaultdict(list)
    for act in acts:
        cells[act.region_code or "", act.week or 0].append(act)
    return [cells[key] for key in sorted(cells)]


def _without_week(acts: Iterable[_Act]) -> list[_Act]:
    return [replace(act, week=None) for act in acts]


def _small(acts: list[_Act]) -> bool:
    """Fewer than five acts, or fewer than five people where somebody counted at each of them."""
    counted = [act.people for act in acts if act.people is not None]
    return len(acts) < LEAST or (len(counted) == len(acts) and sum(counted) < LEAST)


def _order(kind: str, fund: str, region: str | None, week: int | None) -> tuple[str, str, str, int]:
    return kind, fund, region or "~", week or 999_999
