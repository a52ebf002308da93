"""Goods in units, fund by fund and item by item: what came in, what is there, what is gone."""

from dataclasses import dataclass

from aid_packages.deliveries.queries.rows import Upto, fetch, shown_until, texts


@dataclass(frozen=True)
class UnitRow:
    """One item of one fund over some months, in units.

    opening_free + bought + in_kind - reserved - delivered - lost - expired = closing_free. `reserved` is what was set aside in
    the months, net of what was released or handed on out of it (so it can be negative), the others are of the months too,
    less what was taken back in them: so months add up to their year. From the first month on the openings are zero, and it
    reads: procured = reserved + free + gone.
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
    """What was set aside before; with `reserved`, what is set aside at the end."""


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
       coalesce(sum(moved.units) FILTER (WHERE place = 'reserved' AND month >= %(first)s), 0)::bigint,
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
