"""The payment provider's own movements, as far as the mark knows them.

A movement and what it books are written in one database transaction, so a movement belongs to a mark when the entry it made
does. One that made no entry at all belongs to every mark after it was seen: it is exactly what the comparison is to find.
"""

from dataclasses import dataclass

from django.db import connection

from ledger.models import Mark
from transparency.method import CURRENCY

# All that the provider moved, less what the mark doesn't know. Nearly all of five million movements are known to a mark, so
# only those are looked at one by one that might not be: what was seen after it, and what an entry after it stands for.
BY_CATEGORY = """
    WITH later AS (
        SELECT reference FROM ledger_journalentry WHERE id > %(last_entry)s
    ), doubtful AS (
        SELECT id FROM payments_balancemovement WHERE seen_at > %(taken_at)s
        UNION
        SELECT movement.id FROM later JOIN payments_balancemovement movement
            ON movement.ref = substring(later.reference
                FROM '^(?:fee|payout|chargeback|chargeback-won|dispute-fee|movement):(.*)$')
        UNION
        SELECT movement.id FROM later JOIN payments_balancemovement movement
            ON movement.source_ref = substring(later.reference FROM '^(?:gift|unmatched):(.*)$')
        UNION
        SELECT movement_id FROM later JOIN payments_refund ON later.reference = 'refund:' || payments_refund.id
        UNION
        SELECT failure_movement_id FROM later
            JOIN payments_refund ON later.reference = 'refund-failed:' || payments_refund.id
    ), unknown AS (
        SELECT movement.category, sum(movement.net_minor) AS net
          FROM doubtful
          JOIN payments_balancemovement movement ON movement.id = doubtful.id
          LEFT JOIN payments_refund refund ON refund.movement_id = movement.id
          LEFT JOIN payments_refund failed ON failed.failure_movement_id = movement.id
          LEFT JOIN LATERAL (
                SELECT min(id) AS id FROM ledger_journalentry
                 WHERE reference = ANY (CASE
                       WHEN movement.kind = 'charge' AND movement.fee_minor = 0
                       THEN ARRAY['gift:' || movement.source_ref, 'unmatched:' || movement.source_ref]
                       WHEN movement.kind IN ('charge', 'fee') THEN ARRAY['fee:' || movement.ref]
                       WHEN movement.kind = 'payout' THEN ARRAY['payout:' || movement.ref]
                       WHEN movement.kind = 'dispute' THEN ARRAY['chargeback:' || movement.ref,
                            'chargeback-won:' || movement.ref, 'dispute-fee:' || movement.ref]
                       WHEN movement.kind = 'other' THEN ARRAY['movement:' || movement.ref]
                       ELSE ARRAY['refund:' || refund.id, 'refund-failed:' || failed.id] END)
               ) entry ON true
         WHERE movement.currency = %(currency)s
           AND NOT (coalesce(entry.id <= %(last_entry)s, movement.seen_at <= %(taken_at)s))
         GROUP BY movement.category
    )
    SELECT category, (known.net - coalesce(unknown.net, 0))::bigint
      FROM (SELECT category, sum(net_minor) AS net FROM payments_balancemovement
             WHERE currency = %(currency)s GROUP BY category) AS known
      LEFT JOIN unknown USING (category)
     WHERE known.net <> coalesce(unknown.net, 0) OR unknown.net IS NULL
     ORDER BY category
"""

# Charges whose movement came before the mark are on no way; so are those alone looked up that have none, or whose fee, booked
# with it, is later than the mark.
ON_THE_WAY = """
    WITH late_fee AS MATERIALIZED (
        SELECT movement.id FROM ledger_journalentry fee
          JOIN payments_balancemovement movement ON movement.ref = substring(fee.reference FROM 5)
         WHERE fee.id > %(last_entry)s AND fee.reference LIKE 'fee:%%' AND movement.kind = 'charge'
    ), waits AS MATERIALIZED (
        SELECT ref, outcome, booked_minor, true AS still_missing FROM payments_charge WHERE movement_id IS NULL
        UNION ALL
        SELECT charge.ref, charge.outcome, charge.booked_minor, false
          FROM late_fee JOIN payments_charge charge ON charge.movement_id = late_fee.id
    )
    SELECT 'charge', waits.ref, entry.id, waits.booked_minor, waits.still_missing
      FROM waits CROSS JOIN LATERAL (
           SELECT id FROM ledger_journalentry WHERE reference = waits.outcome || ':' || waits.ref OFFSET 0) entry
     WHERE entry.id <= %(last_entry)s
    UNION ALL
    SELECT 'refund', entry.reference, entry.id,
           CASE WHEN entry.reference = 'refund:' || refund.id THEN -refund.booked_minor ELSE refund.booked_minor END, true
      FROM payments_refund refund
      JOIN ledger_journalentry entry
        ON (entry.reference = 'refund:' || refund.id AND refund.movement_id IS NULL)
        OR (entry.reference = 'refund-failed:' || refund.id AND refund.failure_movement_id IS NULL)
     WHERE entry.id <= %(last_entry)s
     ORDER BY 3
"""


@dataclass(frozen=True)
class OnTheWay:
    """Something booked by the mark whose movement the mark doesn't know. The sum in grosze, as it moved clearing."""

    what: str
    """A charge or a refund."""
    ref: str
    entry_id: int
    amount_minor: int
    still_missing: bool
    """Whether the movement hasn't come since either."""


def movements_by_category(*, mark: Mark) -> dict[str, int]:
    """What the provider's movements changed its balance by, in the provider's own categories, in grosze. One query."""
    with connection.cursor() as cursor:
        cursor.execute(BY_CATEGORY, {"currency": CURRENCY, "last_entry": mark.last_entry_id, "taken_at": mark.taken_at})
        return {category: int(net) for category, net in cursor.fetchall()}


def on_the_way(*, mark: Mark) -> list[OnTheWay]:
    """Charges and refunds that the books knew before the provider's balance did. One query."""
    with connection.cursor() as cursor:
        cursor.execute(ON_THE_WAY, {"last_entry": mark.last_entry_id})
        return [OnTheWay(*row) for row in cursor.fetchall()]
