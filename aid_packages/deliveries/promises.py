"""The promises held here, as the ledger's audit checks them: 12 for goods (nothing is handed on twice or for another purpose,
nothing bought for more than its document says), 18 for what staff do with them.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection

from ledger import audit
from ledger.audit import Checked, Finding

_STOCK = """
SELECT lot.id, lot.units, moved.procured, moved.least
  FROM deliveries_lot lot
  LEFT JOIN LATERAL (
        SELECT coalesce(-sum(running.units) FILTER (WHERE running.place = 'outside'), 0) AS procured,
               min(running.held) FILTER (WHERE running.place <> 'outside') AS least
          FROM (
                SELECT place, sum(units) AS units,
                       sum(sum(units)) OVER (PARTITION BY place, allocation_id ORDER BY period) AS held
                  FROM (
                        SELECT target AS place, period, units,
                               CASE WHEN target = 'reserved' THEN allocation_id END AS allocation_id
                          FROM deliveries_stockmove WHERE lot_id = lot.id
                        UNION ALL
                        SELECT source, period, -units, CASE WHEN source = 'reserved' THEN allocation_id END
                          FROM deliveries_stockmove WHERE lot_id = lot.id
                       ) moves
                 GROUP BY place, allocation_id, period
               ) running
       ) moved ON true
 WHERE moved.procured NOT IN (0, lot.units) OR coalesce(moved.least, -1) < 0
 ORDER BY lot.id
"""

_OTHER_PURPOSE = """
WITH RECURSIVE up(code, above) AS (
    SELECT code, code FROM ledger_fund
    UNION ALL
    SELECT up.code, parent.code
      FROM up JOIN ledger_fund fund ON fund.code = up.above JOIN ledger_fund parent ON parent.id = fund.parent_id
)
SELECT 'delivery:' || delivery.id, lot.fund_code, delivery.fund_code
  FROM deliveries_stockmove move
  JOIN deliveries_lot lot ON lot.id = move.lot_id
  JOIN deliveries_delivery delivery ON delivery.id = move.delivery_id
 WHERE NOT EXISTS (SELECT FROM up WHERE up.code = delivery.fund_code AND up.above = lot.fund_code)
UNION ALL
SELECT 'lot:' || lot.id, lot.fund_code, allocation.fund_code
  FROM deliveries_stockmove move
  JOIN deliveries_lot lot ON lot.id = move.lot_id
  JOIN aid_packages_allocation allocation ON allocation.id = move.allocation_id
 WHERE NOT EXISTS (SELECT FROM up WHERE up.code = allocation.fund_code AND up.above = lot.fund_code)
 ORDER BY 1
"""

# What an invoice came to with the corrections up to the one that its lots stand on: later ones are named until they are
# accounted for.
_OVER_DOCUMENT = """
SELECT document.id, known.total_minor, sum(coalesce(later.cost_minor, lot.cost_minor))::bigint
  FROM deliveries_lot lot
  LEFT JOIN LATERAL (
        SELECT document_id, cost_minor FROM deliveries_lotpaper WHERE lot_id = lot.id ORDER BY id DESC LIMIT 1
       ) later ON true
  JOIN aid_packages_spendingdocument document ON document.id = coalesce(later.document_id, lot.document_id)
 CROSS JOIN LATERAL (
        SELECT sum(part.total_minor)::bigint AS total_minor FROM aid_packages_spendingdocument part
         WHERE coalesce(document.corrects_id, document.id) IN (part.id, part.corrects_id)
           AND (part.id = document.id OR (part.state = 'accepted' AND part.entry_id <= document.entry_id))
       ) known
 WHERE NOT EXISTS (SELECT FROM deliveries_stockmove back WHERE back.lot_id = lot.id AND back.target = 'outside')
 GROUP BY document.id, known.total_minor
HAVING sum(coalesce(later.cost_minor, lot.cost_minor)) > known.total_minor
 ORDER BY document.id
"""

_WITHOUT_TRAIL = """
SELECT subject
  FROM (
        SELECT 'lot:' || id AS subject FROM deliveries_lot
        UNION ALL SELECT 'delivery:' || coalesce(counters_id, id) FROM deliveries_delivery
        UNION ALL SELECT 'service:' || coalesce(counters_id, id) FROM deliveries_service
        UNION ALL SELECT 'aid_item:' || id FROM deliveries_aiditem
       ) done
 WHERE NOT EXISTS (
        SELECT FROM core_trailentry told WHERE told.subject = done.subject AND told.actor_id IS NOT NULL
       )
 ORDER BY subject
"""


def register() -> None:
    """Hands the checks to the audit."""
    checks: list[tuple[int, str, Callable[[], Checked]]] = [
        (12, "of every lot, reserved + free + gone = procured", stock_adds_up),
        (12, "goods serve the purpose they came for", goods_keep_their_purpose),
        (12, "lots cost no more than their document says", lots_fit_their_documents),
        (18, "every act on goods and services has an actor, a reason and a trail", acts_have_a_trail),
    ]
    for number, name, check in checks:
        audit.register(number, name, check)


def stock_adds_up() -> Checked:
    """What came in is what the lot says (or nothing, taken back), and in no month was any place below zero."""
    findings = [
        Finding(message=f"lot:{lot} of {units} units: {procured} came in, {least} is the least that lay anywhere")
        for lot, units, procured, least in _rows(_STOCK)
    ]
    return Checked(_count("deliveries_lot"), findings)


def goods_keep_their_purpose() -> Checked:
    """Goods of a fund went to it or to what lies below it in the tree."""
    findings = [
        Finding(message=f"{subject}: goods of {came_for} served {served}")
        for subject, came_for, served in _rows(_OTHER_PURPOSE)
    ]
    return Checked(_count("deliveries_stockmove"), findings)


def lots_fit_their_documents() -> Checked:
    """The costs of a document's lots, those taken back apart, stay within its total."""
    findings = [
        Finding(message=f"document:{document} of {total} grosze has lots of {lots}")
        for document, total, lots in _rows(_OVER_DOCUMENT)
    ]
    return Checked(_count("deliveries_lot"), findings)


def acts_have_a_trail() -> Checked:
    """Each item, lot, delivery and service is named in the trail of a person."""
    findings = [Finding(message=f"{subject} without an actor and a trail") for (subject,) in _rows(_WITHOUT_TRAIL)]
    tables = ("deliveries_lot", "deliveries_delivery", "deliveries_service", "deliveries_aiditem")
    return Checked(sum(_count(table) for table in tables), findings)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 -- the tables are written above
        return int(cursor.fetchone()[0])
