"""The payment provider's own movements, as far as the mark knows them.

A movement and what it books are written in one database transaction, so a movement belongs to a mark when the entry it made
does. One that made no entry at all belongs to every mark after it was seen: it is exactly what the comparison is to find.
"""

from dataclasses import dataclass

from django.db import connection

from ledger.models import Mark
from transparency.method import CURRENCY

BY_CATEGORY = """
    SELECT movement.category, sum(movement.net_minor)::bigint
      FROM payments_balancemovement movement
      LEFT JOIN payments_refund refund ON refund.movement_id = movement.id
      LEFT JOIN payments_refund failed ON failed.failure_movement_id = movement.id
      LEFT JOIN LATERAL (
            SELECT min(id) AS id FROM ledger_journalentry
             WHERE reference = ANY (CASE
                   WHEN movement.fee_minor <> 0 OR movement.kind = 'fee' THEN ARRAY['fee:' || movement.ref]
                   WHEN movement.kind = 'payout' THEN ARRAY['payout:' || movement.ref]
                   WHEN movement.kind = 'charge'
                   THEN ARRAY['gift:' || movement.source_ref, 'unmatched:' || movement.source_ref]
                   ELSE ARRAY['refund:' || refund.id, 'refund-failed:' || failed.id] END)
           ) entry ON true
     WHERE movement.currency = %(currency)s
       AND (entry.id <= %(last_entry)s OR (entry.id IS NULL AND movement.seen_at <= %(taken_at)s))
     GROUP BY movement.category ORDER BY movement.category
"""

ON_THE_WAY = """
    SELECT 'charge', charge.ref, entry.id, charge.booked_minor, charge.movement_id IS NULL
      FROM payments_charge charge
      JOIN ledger_journalentry entry ON entry.reference = charge.outcome || ':' || charge.ref
      LEFT JOIN payments_balancemovement movement ON movement.id = charge.movement_id
      LEFT JOIN ledger_journalentry fee ON fee.reference = 'fee:' || movement.ref
     WHERE entry.id <= %(last_entry)s
       AND (movement.id IS NULL OR (movement.fee_minor <> 0 AND fee.id > %(last_entry)s))
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
