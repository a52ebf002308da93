"""What a need's page says of goods and services: only what a published report has said before it."""

from dataclasses import dataclass
from datetime import date, datetime

from aid_packages.deliveries.models import Unit
from aid_packages.deliveries.queries.bands import LEAST
from aid_packages.deliveries.queries.rows import fetch, latest_shown, texts
from aid_packages.deliveries.queries.services import PERSONAL
from core.texts import in_language


@dataclass(frozen=True)
class HandedOn:
    """One item of a need, in units since its season began, in the reader's language."""

    title: str
    unit: str
    came_in: int
    """Bought or given for the need; 0 for a service, and for goods that came for its area or for all needs."""
    handed_on: int
    is_service: bool


@dataclass(frozen=True)
class NeedInUnits:
    """A need's rows, and the last month that they count."""

    rows: tuple[HandedOn, ...]
    until: int

    @property
    def until_day(self) -> date:
        """A day of that month, for its name."""
        return date(self.until // 100, self.until % 100, 1)


_ROWS = """
WITH told AS (
    SELECT least(coalesce(max(period), 0), %(shown)s) AS until FROM ledger_period WHERE status = 'closed'
)
SELECT item.title, item.unit, item.kind = 'service', sum(counted.came_in)::bigint, sum(counted.handed_on)::bigint,
       (SELECT until FROM told)
  FROM (
        SELECT lot.item_id, CASE WHEN move.source = 'outside' THEN move.units ELSE -move.units END AS came_in, 0 AS handed_on
          FROM deliveries_stockmove move
          JOIN deliveries_lot lot ON lot.id = move.lot_id
         WHERE 'outside' IN (move.source, move.target) AND lot.fund_code = %(fund_code)s
           AND move.period BETWEEN %(first)s AND (SELECT until FROM told)
        UNION ALL
        SELECT lot.item_id, 0, CASE WHEN move.target = 'delivered' THEN move.units ELSE -move.units END
          FROM deliveries_stockmove move
          JOIN deliveries_lot lot ON lot.id = move.lot_id
          JOIN deliveries_delivery delivery ON delivery.id = move.delivery_id
         WHERE delivery.fund_code = %(fund_code)s AND move.period BETWEEN %(first)s AND (SELECT until FROM told)
        UNION ALL
        SELECT service.item_id, 0, sum(service.units)
          FROM deliveries_service service
          JOIN deliveries_aiditem what ON what.id = service.item_id
         WHERE service.fund_code = %(fund_code)s AND service.period BETWEEN %(first)s AND (SELECT until FROM told)
         GROUP BY service.item_id, service.period, what.unit
        HAVING what.unit <> ALL (%(personal)s) OR sum(service.units) >= %(least)s
       ) counted
  JOIN deliveries_aiditem item ON item.id = counted.item_id
 GROUP BY item.id
HAVING sum(counted.came_in) > 0 OR sum(counted.handed_on) > 0
 ORDER BY item.kind, sum(counted.handed_on) DESC, item.code
"""


def need_in_units(*, fund_code: str, first_period: int, now: datetime) -> NeedInUnits:
    """What came in and was handed on for a need, from a month on to the last one whose report is published. One query.

    A month is closed by publishing its report, and nothing is counted into a closed month: so these figures stand still
    until the next report, and nobody learns here what a report has not said.
    """
    shown = latest_shown(now=now)
    facts = {"fund_code": fund_code, "first": first_period, "shown": shown, "personal": list(PERSONAL), "least": LEAST}
    rows = fetch(_ROWS, facts)
    return NeedInUnits(
        rows=tuple(
            HandedOn(
                title=in_language(texts(title)),
                unit=str(Unit(unit).label),
                came_in=max(0, came_in),
                handed_on=max(0, handed_on),
                is_service=is_service,
            )
            for title, unit, is_service, came_in, handed_on, _ in rows
        ),
        until=rows[0][-1] if rows else 0,
    )
