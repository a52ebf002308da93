"""Goods in units, fund by fund and item by item: what came in, what is there, what is gone."""

from dataclasses import dataclass

from aid_packages.deliveries.queries.rows import Upto, fetch, shown_until, texts


@dataclass(frozen=True)
class UnitRow:
    """One item of one fund over some months, in units.

    opening_free + opening_reserved + bought + in_kind = closing_free + reserved + delivered + lost + expired; from the
    first month on the openings are zero, and it reads: procured = reserved + free + gone. `bought`, `in_kind`,
    `delivered`, `lost` and `expired` are of the months, less what was taken back in them (so one of them can be negative
    where a closed month was corrected); `reserved` is what is kept at their end.
    """

    fund_code: str
    item_code: str
    name: dict[str, str]
    unit: str
    """A value of Unit."""
    opening_free: int
    bought: int
    in_kind: int
    reserved: int
    delivered: int
    lost: int
    expired: int
    closing_free: int
    opening_reserved: int = 0


_UNITS = """
WITH moved AS (
    SELECT move.lot_id, move.period AS month, place.name AS place, place.units
      FROM deliveries_stockmove move
     CROSS JOIN LATERAL (VALUES (move.target, move.units), (move.source, -move.units)) AS place(name, units)
     WHERE move.id <= %(stock_move)s AND move.period <= %(last)s
)
SELECT lot.fund_code, item.code, item.title, item.unit,
       coalesce(sum(moved.units) FILTER (WHERE place = 'free' AND month < %(first)s), 0)::bigint,
       coalesce(-sum(moved.units) FILTER (WHERE place = 'outside' AND month >= %(first)s AND origin = 'bought'), 0)::bigint,
       coalesce(-sum(moved.units) FILTER (WHERE place = 'outside' AND month >= %(first)s AND origin = 'in_kind'), 0)::bigint,
       coalesce(sum(moved.units) FILTER (WHERE place = 'reserved'), 0)::bigint,
       coalesce(sum(moved.units) FILTER (WHERE place = 'delivered' AND month >= %(first)s), 0)::bigint,
       coalesce(sum(moved.units) FILTER (WHERE place = 'lost' AND month >= %(first)s), 0)::bigint,
       coalesce(sum(moved.units) FILTER (WHERE place = 'expired' AND month >= %(first)s), 0)::bigint,
       coalesce(sum(moved.units) FILTER (WHERE place = 'free'), 0)::bigint,
       coalesce(sum(moved.units) FILTER (WHERE place = 'reserved' AND month < %(first)s), 0)::bigint
  FROM moved
  JOIN deliveries_lot lot ON lot.id = moved.lot_id
  JOIN deliveries_aiditem item ON item.id = lot.item_id
 GROUP BY lot.fund_code, item.code, item.title, item.unit
 ORDER BY lot.fund_code, item.code
"""


def units(*, first_period: int, last_period: int, upto: Upto) -> list[UnitRow]:
    """Every item of every fund that moved in the months or lies in the store. One query."""
    facts = {
        "first": first_period,
        "last": shown_until(last_period=last_period, upto=upto),
        "stock_move": upto.get("stock_move", 0),
    }
    rows = [UnitRow(fund, code, texts(title), *rest) for fund, code, title, *rest in fetch(_UNITS, facts)]
    return [row for row in rows if _says_something(row)]


def _says_something(row: UnitRow) -> bool:
    figures = (row.opening_free, row.opening_reserved, row.bought, row.in_kind, row.reserved)
    return any((*figures, row.delivered, row.lost, row.expired, row.closing_free))
