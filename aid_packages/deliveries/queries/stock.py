"""How many units of a lot are where."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from aid_packages.deliveries.models import Place

_HELD = """
SELECT coalesce(min(held), 0)
  FROM (
        SELECT month.period,
               coalesce(sum(CASE WHEN move.target = %(place)s THEN move.units ELSE -move.units END), 0) AS held
          FROM (SELECT %(period)s::integer AS period
                 UNION SELECT period FROM deliveries_stockmove WHERE lot_id = %(lot_id)s AND period > %(period)s) month
          LEFT JOIN deliveries_stockmove move
            ON move.lot_id = %(lot_id)s AND move.period <= month.period
           AND %(place)s IN (move.source, move.target)
           AND (%(allocation_id)s::bigint IS NULL OR move.allocation_id = %(allocation_id)s::bigint)
         GROUP BY month.period
       ) running
"""


def held(*, lot_id: int, place: Place, period: int, allocation_id: int | None = None) -> int:
    """The units that can leave a place in a month without anybody having moved more, then or later, than was there."""
    with connection.cursor() as cursor:
        facts: dict[str, int | str | None] = {
            "lot_id": lot_id,
            "place": place.value,
            "period": period,
            "allocation_id": allocation_id,
        }
        cursor.execute(_HELD, facts)
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class LotStock:
    """The units of one lot, by where they are now. They sum to what came in."""

    lot_id: int
    procured: int
    free: int
    reserved: int
    delivered: int
    lost: int
    expired: int

    @property
    def gone(self) -> int:
        return self.delivered + self.lost + self.expired

    @property
    def in_store(self) -> int:
        return self.free + self.reserved


_STOCK = """
SELECT moved.lot_id,
       -coalesce(sum(moved.units) FILTER (WHERE moved.place = 'outside'), 0),
       coalesce(sum(moved.units) FILTER (WHERE moved.place = 'free'), 0),
       coalesce(sum(moved.units) FILTER (WHERE moved.place = 'reserved'), 0),
       coalesce(sum(moved.units) FILTER (WHERE moved.place = 'delivered'), 0),
       coalesce(sum(moved.units) FILTER (WHERE moved.place = 'lost'), 0),
       coalesce(sum(moved.units) FILTER (WHERE moved.place = 'expired'), 0)
  FROM (
        SELECT lot_id, target AS place, units FROM deliveries_stockmove WHERE lot_id = ANY(%(lot_ids)s)
        UNION ALL
        SELECT lot_id, source, -units FROM deliveries_stockmove WHERE lot_id = ANY(%(lot_ids)s)
       ) moved
 GROUP BY moved.lot_id
"""


def stock_of(*, lot_ids: Iterable[int]) -> dict[int, LotStock]:
    """Lot id -> its units by place, now. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_STOCK, {"lot_ids": list(lot_ids)})
        return {row[0]: LotStock(row[0], *(int(value) for value in row[1:])) for row in cursor.fetchall()}


_RESERVED = """
SELECT allocation_id, sum(CASE WHEN target = 'reserved' THEN units ELSE -units END)::bigint
  FROM deliveries_stockmove
 WHERE lot_id = %(lot_id)s AND 'reserved' IN (source, target)
 GROUP BY allocation_id
HAVING sum(CASE WHEN target = 'reserved' THEN units ELSE -units END) <> 0
 ORDER BY allocation_id
"""


def reserved_for(*, lot_id: int) -> dict[int, int]:
    """Allocation id -> units of the lot that are kept for it."""
    with connection.cursor() as cursor:
        cursor.execute(_RESERVED, {"lot_id": lot_id})
        return {allocation: int(units) for allocation, units in cursor.fetchall()}
