"""The payment provider's own movements, as far as the mark knows them.

A movement and what it books are written in one database transaction, so a movement belongs to a mark when the entry it made
does. One that made no entry at all belongs to every mark after it was seen: it is exactly what the comparison is to find.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.periods import period_end
from ledger.accounts import STRIPE_CLEARING
from ledger.models import Mark
from transparency.method import CURRENCY
from transparency.sources.books import month_sums

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

# What the mark knows of movements that were booked in months after one, charges apart: there are few of those. What made no
# entry is of the month in which it was made.
OTHERS_BOOKED_LATER = """
    SELECT movement.category, sum(movement.net_minor)::bigint
      FROM payments_balancemovement movement
      LEFT JOIN payments_refund refund ON refund.movement_id = movement.id
      LEFT JOIN payments_refund failed ON failed.failure_movement_id = movement.id
      CROSS JOIN LATERAL (
           SELECT count(*) AS made, bool_or(period > %(last_period)s AND id <= %(last_entry)s) AS later
             FROM ledger_journalentry
            WHERE reference IN ('fee:' || movement.ref, 'payout:' || movement.ref, 'chargeback:' || movement.ref,
                  'chargeback-won:' || movement.ref, 'dispute-fee:' || movement.ref, 'movement:' || movement.ref,
                  'refund:' || refund.id, 'refund-failed:' || failed.id)) entry
     WHERE movement.kind <> 'charge' AND movement.currency = %(currency)s
       AND (entry.later
            OR entry.made = 0 AND movement.created_at >= %(ends)s AND movement.seen_at <= %(taken_at)s)
     GROUP BY movement.category
"""
# What else moved clearing but gifts, unmatched payments and their fees: in months after one, and in all of them. Those entries
# are few; the planner doesn't know that, so they are found first.
NOT_OF_CHARGES = """
    WITH entry AS MATERIALIZED (
        SELECT id, period FROM ledger_journalentry
         WHERE reference NOT LIKE 'gift:%%' AND reference NOT LIKE 'unmatched:%%' AND reference NOT LIKE 'fee:%%'
        UNION ALL
        SELECT entry.id, entry.period
          FROM payments_balancemovement movement
          JOIN ledger_journalentry entry ON entry.reference = 'fee:' || movement.ref
         WHERE movement.kind <> 'charge'
    )
    SELECT coalesce(sum(posting.amount_minor) FILTER (WHERE entry.period > %(last_period)s), 0)::bigint,
           coalesce(sum(posting.amount_minor), 0)::bigint
      FROM entry
      CROSS JOIN LATERAL (
           SELECT account_id, currency, amount_minor FROM ledger_posting WHERE entry_id = entry.id OFFSET 0) posting
     WHERE entry.id <= %(last_entry)s AND posting.currency = %(currency)s
       AND posting.account_id = (SELECT id FROM ledger_account WHERE code = %(clearing)s)
"""
# Charges that made no entry at all: asked for only where the books' charges and the provider's aren't the same.
CHARGES_NOT_BOOKED = """
    SELECT coalesce(sum(movement.net_minor), 0)::bigint
      FROM payments_balancemovement movement
     WHERE movement.kind = 'charge' AND movement.currency = %(currency)s
       AND movement.created_at >= %(ends)s AND movement.seen_at <= %(taken_at)s
       AND NOT EXISTS (SELECT FROM ledger_journalentry WHERE reference IN (
           'gift:' || movement.source_ref, 'unmatched:' || movement.source_ref, 'fee:' || movement.ref))
"""
CHARGES = "charge"
"""The provider's category of what donors paid, its fee taken off."""
PAYOUTS = "payout"
"""So begin the provider's categories of what it sends to our bank."""

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
    SELECT 'charge', waits.ref, entry.id, waits.booked_minor, waits.still_missing, entry.period
      FROM waits CROSS JOIN LATERAL (
           SELECT id, period FROM ledger_journalentry WHERE reference = waits.outcome || ':' || waits.ref OFFSET 0) entry
     WHERE entry.id <= %(last_entry)s
    UNION ALL
    SELECT 'refund', entry.reference, entry.id,
           CASE WHEN entry.reference = 'refund:' || refund.id THEN -refund.booked_minor ELSE refund.booked_minor END, true,
           entry.period
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
    period: int
    """The month in which it was booked."""


def movements_by_category(*, mark: Mark) -> dict[str, int]:
    """What the provider's movements changed its balance by, in the provider's own categories, in grosze. One query."""
    with connection.cursor() as cursor:
        cursor.execute(BY_CATEGORY, {"currency": CURRENCY, "last_entry": mark.last_entry_id, "taken_at": mark.taken_at})
        return {category: int(net) for category, net in cursor.fetchall()}


def booked_by_category(
    *, mark: Mark, last_period: int, known: Mapping[str, int], waiting: Sequence[OnTheWay]
) -> dict[str, int]:
    """What of the `known` movements and those still on the way was booked in months up to the last one, in grosze. Two
    queries beside the sums of the months, and one more where a charge made no entry.

    So it tells of whole months what the books tell of them, to the grosz, and nothing of the days before the mark. Payouts are
    left out: what stands at the provider on one day is what a few people gave on the last ones.
    """
    asked = {
        "last_entry": mark.last_entry_id,
        "last_period": last_period,
        "taken_at": mark.taken_at,
        "ends": period_end(last_period),
        "currency": CURRENCY,
        "clearing": STRIPE_CLEARING,
    }
    later = {category: int(moved) for category, moved in _asked(OTHERS_BOOKED_LATER, asked)}
    later[CHARGES] = later.get(CHARGES, 0) + _charges_later(
        mark=mark, last_period=last_period, known=known.get(CHARGES, 0), waiting=waiting, asked=asked
    )
    booked = {category: net - later.get(category, 0) for category, net in known.items()}
    for one in waiting:
        if one.period <= last_period:
            booked[one.what] = booked.get(one.what, 0) + one.amount_minor
    return {category: net for category, net in booked.items() if net and not category.startswith(PAYOUTS)}


def _charges_later(
    *, mark: Mark, last_period: int, known: int, waiting: Sequence[OnTheWay], asked: Mapping[str, Any]
) -> int:
    """What of the charges' movements was booked later. There are millions of them, so the books are asked for months' sums,
    and the rest is taken off; a payment's sum counts in the month of the gift, its fee in that in which it became known.
    """
    ((others_later, others),) = _asked(NOT_OF_CHARGES, asked)
    clearing = [each for each in month_sums(mark) if (each.account, each.currency) == (STRIPE_CLEARING, CURRENCY)]
    on_the_way = [one for one in waiting if one.what == CHARGES]
    everything = sum(each.amount for each in clearing) - others - sum(one.amount_minor for one in on_the_way)
    later = sum(each.amount for each in clearing if each.period > last_period) - others_later
    later -= sum(one.amount_minor for one in on_the_way if one.period > last_period)
    if everything != known:
        ((not_booked,),) = _asked(CHARGES_NOT_BOOKED, asked)
        later += int(not_booked)
    return int(later)


def _asked(sql: str, asked: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(asked))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def on_the_way(*, mark: Mark) -> list[OnTheWay]:
    """Charges and refunds that the books knew before the provider's balance did. One query."""
    with connection.cursor() as cursor:
        cursor.execute(ON_THE_WAY, {"last_entry": mark.last_entry_id})
        return [OnTheWay(*row) for row in cursor.fetchall()]
