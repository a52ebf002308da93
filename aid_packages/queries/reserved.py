"""Goods that are kept for an allocation. They are counted in the corner of deliveries; here only whether there are any."""

from dataclasses import dataclass

from django.db import connection

# A bare statement, since that corner stands on this room, and not the other way round.
_RESERVED = """
SELECT move.lot_id, move.allocation_id,
       sum(CASE WHEN move.target = 'reserved' THEN move.units ELSE -move.units END)::bigint
  FROM deliveries_stockmove move
  JOIN aid_packages_allocation allocation ON allocation.id = move.allocation_id
 WHERE 'reserved' IN (move.source, move.target)
   AND (move.allocation_id = %(allocation_id)s OR (%(allocation_id)s::bigint IS NULL AND allocation.state = 'closed'))
 GROUP BY move.lot_id, move.allocation_id
HAVING sum(CASE WHEN move.target = 'reserved' THEN move.units ELSE -move.units END) <> 0
 ORDER BY move.lot_id, move.allocation_id
"""


@dataclass(frozen=True)
class Reserved:
    """Units of a lot that are kept for an allocation."""

    lot_id: int
    allocation_id: int
    units: int


def reserved_in(*, allocation_id: int) -> list[Reserved]:
    """What is kept for one allocation, lot by lot. One query."""
    return _rows(allocation_id)


def reserved_in_closed() -> list[Reserved]:
    """What is kept for allocations that are closed: a delivery was taken back after its closing. One query."""
    return _rows(None)


def _rows(allocation_id: int | None) -> list[Reserved]:
    with connection.cursor() as cursor:
        cursor.execute(_RESERVED, {"allocation_id": allocation_id})
        return [Reserved(lot, allocation, int(units)) for lot, allocation, units in cursor.fetchall()]
