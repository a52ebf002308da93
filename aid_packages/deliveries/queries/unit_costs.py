"""What a unit was planned to cost, and what it did cost."""

from dataclasses import dataclass

from aid_packages.deliveries.queries.rows import Upto, fetch, shown_until, texts


@dataclass(frozen=True)
class CostRow:
    """One item, beside the plan of one package (`sku`), or of none. Grosze.

    `actual_minor` is `cost_minor` / `units` rounded to a whole grosz, half up; both stand beside it, so nothing is lost.
    """

    item_code: str
    sku: str | None
    planned_minor: int | None
    actual_minor: int
    units: int
    cost_minor: int
    name: dict[str, str]


_COSTS = """
WITH bought AS (
    SELECT lot.item_id, sum(coalesce(later.cost_minor, lot.cost_minor))::bigint AS cost_minor,
           sum(lot.units)::bigint AS units
      FROM deliveries_lot lot
      LEFT JOIN LATERAL (
            SELECT document_id, cost_minor FROM deliveries_lotpaper
             WHERE lot_id = lot.id AND id <= %(lot_paper)s AND period <= %(last)s
             ORDER BY id DESC LIMIT 1
           ) later ON true
     WHERE lot.origin = 'bought' AND lot.id <= %(lot)s AND lot.period BETWEEN %(first)s AND %(last)s
       AND NOT EXISTS (
            SELECT FROM deliveries_stockmove back
             WHERE back.lot_id = lot.id AND back.target = 'outside'
               AND back.id <= %(stock_move)s AND back.period <= %(last)s
           )
       AND NOT EXISTS (
            SELECT FROM aid_packages_spendingreversal reversal
              JOIN ledger_journalentry entry ON entry.id = reversal.entry_id
             WHERE reversal.document_id = coalesce(later.document_id, lot.document_id)
               AND entry.id <= %(entry)s AND entry.period <= %(last)s
           )
     GROUP BY lot.item_id
), plan AS (
    SELECT DISTINCT ON (item_id, sku) item_id, sku, unit_cost_minor
      FROM deliveries_plannedcost
     WHERE id <= %(planned_cost)s
     ORDER BY item_id, sku, id DESC
)
SELECT item.code, plan.sku, plan.unit_cost_minor, bought.units, bought.cost_minor, item.title
  FROM bought
  JOIN deliveries_aiditem item ON item.id = bought.item_id
  LEFT JOIN plan ON plan.item_id = item.id AND plan.unit_cost_minor IS NOT NULL
 ORDER BY item.code, plan.sku
"""


def unit_costs(*, first_period: int, last_period: int, upto: Upto) -> list[CostRow]:
    """Items of which lots were bought in the months, by their documents, each beside every package that plans it.

    A lot whose document was taken back in the months counts again once it stands on another. One query.
    """
    facts = {
        "first": first_period,
        "last": shown_until(last_period=last_period, upto=upto),
        **{name: upto.get(name, 0) for name in ("lot", "lot_paper", "stock_move", "planned_cost", "entry")},
    }
    return [
        CostRow(
            item_code=code,
            sku=sku,
            planned_minor=planned,
            actual_minor=average(cost_minor=cost, units=units),
            units=units,
            cost_minor=cost,
            name=texts(name),
        )
        for code, sku, planned, units, cost, name in fetch(_COSTS, facts)
    ]


def average(*, cost_minor: int, units: int) -> int:
    """Cost per unit in whole grosze, half up: 100 grosze for 3 units are 33, for 8 units 13."""
    return (2 * cost_minor + units) // (2 * units)
