"""Lining up: fixing the net of gifts that are past the days in which they may be asked back.

The lines themselves belong to the room above, which calls this inside the database transaction in which it writes them. So a
gift stands on its funds' lines exactly when its row here says so, and what is booked of it later falls on GENERAL.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper

from ledger.operations import hold_for_posting

REFUND_WINDOW = timedelta(days=14)
"""How long after it was received a gift can simply be asked back; only then it is attributed."""
GIFT_USES = ("gifts", "fees", "refunds", "share_out")
"""What of a gift makes its net in its funds. What goes beyond it stands under losses, and isn't the gift's."""

# Rows that others work on are waited for: they hold them for an instant, never while they ask the provider.
_LOCK_DUE = """
    CREATE TEMPORARY TABLE payments_due_now ON COMMIT DROP AS
    SELECT waiting.donation_id, waiting.settled_at
      FROM payments_waitinggift waiting JOIN payments_donation donation ON donation.id = waiting.donation_id
     WHERE waiting.settled_at < %(due_before)s AND donation.state IN ('settled', 'partly_refunded')
       AND (waiting.settled_at, waiting.donation_id) > (%(after_settled)s::timestamptz, %(after_id)s)
     ORDER BY waiting.settled_at, waiting.donation_id LIMIT %(limit)s
       FOR NO KEY UPDATE OF donation
"""
# What was seen before the lock was granted may have changed: this is a new statement, and sees what was committed meanwhile.
_LET_GO = """
    DELETE FROM payments_due_now due USING payments_donation donation
     WHERE donation.id = due.donation_id AND (
           donation.state NOT IN ('settled', 'partly_refunded')
        OR EXISTS (SELECT FROM payments_linedupgift known WHERE known.donation_id = donation.id)
        OR EXISTS (SELECT FROM payments_refund refund JOIN payments_charge charge ON charge.id = refund.charge_id
                    WHERE charge.donation_id = donation.id AND refund.state = 'requested'))
"""
# Every entry of a gift: what came, its fee, its share, what went back, and what mirrors one of them. OFFSET 0 keeps
# look-ups what they are: joined by all their rows, each set of fifty thousand would read the millions that it isn't about.
_FIX_NETS = """
    CREATE TEMPORARY TABLE payments_lined_up_now ON COMMIT DROP AS
    WITH mine AS MATERIALIZED (
        SELECT charge.id, charge.ref, charge.movement_id, due.donation_id, due.settled_at
          FROM payments_due_now due CROSS JOIN LATERAL (
               SELECT id, ref, movement_id FROM payments_charge
                WHERE donation_id = due.donation_id AND outcome = 'gift' OFFSET 0) charge
    ), named AS MATERIALIZED (
        SELECT donation_id, 'gift:' || ref AS reference FROM mine
        UNION ALL SELECT donation_id, 'share:' || ref FROM mine
        UNION ALL SELECT mine.donation_id, 'fee:' || movement.ref FROM mine CROSS JOIN LATERAL (
                         SELECT ref FROM payments_balancemovement
                          WHERE id = mine.movement_id AND fee_minor <> 0 OFFSET 0) movement
        UNION ALL SELECT mine.donation_id, word.start || refund.id FROM mine
                    JOIN payments_refund refund ON refund.charge_id = mine.id AND refund.booked_minor IS NOT NULL
                   CROSS JOIN (VALUES ('refund:'), ('refund-failed:')) word (start)
        UNION ALL SELECT mine.donation_id, word.start || movement.ref FROM mine
                    JOIN payments_dispute dispute ON dispute.charge_id = mine.id
                    JOIN payments_disputemovement moved ON moved.dispute_id = dispute.id
                    JOIN payments_balancemovement movement ON movement.id = moved.movement_id
                   CROSS JOIN (VALUES ('chargeback:'), ('chargeback-won:')) word (start)
    ), own AS MATERIALIZED (
        SELECT named.donation_id, entry.id AS entry_id, entry.kind, entry.period
          FROM named CROSS JOIN LATERAL (
               SELECT id, kind, period FROM ledger_journalentry WHERE reference = named.reference OFFSET 0) entry
    ), mirrors AS MATERIALIZED (
        SELECT own.donation_id, entry.id AS entry_id FROM own JOIN ledger_journalentry entry ON entry.reverses_id = own.entry_id
    ), entries AS MATERIALIZED (
        SELECT donation_id, entry_id FROM own UNION SELECT donation_id, entry_id FROM mirrors
        UNION SELECT mirrors.donation_id, entry.id
                    FROM mirrors JOIN ledger_journalentry entry ON entry.reverses_id = mirrors.entry_id
    ), sums AS MATERIALIZED (
        SELECT entries.donation_id, account.fund_id,
               coalesce(-sum(posting.amount_minor) FILTER (WHERE account.use = 'gifts'), 0)::bigint AS gross,
               coalesce(sum(posting.amount_minor) FILTER (WHERE account.use = 'fees'), 0)::bigint AS fees,
               coalesce(sum(posting.amount_minor) FILTER (WHERE account.use = 'refunds'), 0)::bigint AS refunds,
               coalesce(sum(posting.amount_minor) FILTER (WHERE account.use = 'share_out'), 0)::bigint AS share
          FROM entries CROSS JOIN LATERAL (
               SELECT account_id, amount_minor FROM ledger_posting WHERE entry_id = entries.entry_id OFFSET 0) posting
          JOIN ledger_account account ON account.id = posting.account_id AND account.use = ANY(%(uses)s)
         GROUP BY entries.donation_id, account.fund_id
    )
    SELECT mine.donation_id, mine.settled_at, sums.fund_id, own.period, sums.gross, sums.fees, sums.refunds, sums.share,
           sums.gross - sums.fees - sums.refunds - sums.share AS net
      FROM sums JOIN mine ON mine.donation_id = sums.donation_id
      JOIN own ON own.donation_id = sums.donation_id AND own.kind = 'gift'
     WHERE sums.gross > 0 AND sums.gross - sums.fees - sums.refunds - sums.share >= 0
       AND sums.donation_id IN (
           SELECT donation_id FROM sums WHERE gross > 0 AND gross - fees - refunds - share > 0)
"""
_KEEP = """
    INSERT INTO payments_linedupgift (donation_id, at)
    SELECT donation_id, %(now)s FROM payments_lined_up_now GROUP BY donation_id, settled_at ORDER BY settled_at, donation_id
"""


@dataclass(frozen=True, slots=True)
class LinedUp:
    """What one call did.

    The nets stand in the temporary table payments_lined_up_now until the database transaction ends: donation_id, settled_at,
    fund_id, period (the month in which it came in), and in grosze gross, fees, refunds, share and net = gross - the others.
    A fund in which nothing is left of a gift has its row, too, with a net of 0.
    """

    gifts: int
    """How many gifts stand on lines now that didn't before."""
    seen_entry: int
    """The nets hold what was booked up to this entry; the next one of such a gift comes later."""
    last: tuple[datetime, int] | None
    """Where the next call goes on, as (settled_at, donation id); None: there is no more that is due."""


def line_up(*, now: datetime, after: tuple[datetime, int] | None = None, limit: int = 50_000) -> LinedUp:
    """Fixes the nets of up to `limit` gifts that were settled 14 days before `now` or earlier, in the order (settled_at, id).

    Called inside a database transaction; locks the gifts' rows first, as whoever books a refund does, and then takes the lock
    that posting takes. A gift that is disputed, or whose refund is being asked for, is left for another day; one that went back
    wholly has no net and never stands on a line.
    """
    settled, donation_id = after or (None, 0)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS payments_due_now, payments_lined_up_now")
        cursor.execute(
            _LOCK_DUE,
            {
                "due_before": now - REFUND_WINDOW,
                "after_settled": settled or "-infinity",
                "after_id": donation_id,
                "limit": limit,
            },
        )
        hold_for_posting()
        last = _last_of(cursor, limit=limit)
        cursor.execute(_LET_GO)
        cursor.execute("ANALYZE payments_due_now")
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_journalentry")
        seen_entry = int(cursor.fetchone()[0])
        cursor.execute(_FIX_NETS, {"uses": list(GIFT_USES)})
        cursor.execute("ANALYZE payments_lined_up_now")
        cursor.execute(_KEEP, {"now": now})
        return LinedUp(gifts=cursor.rowcount, seen_entry=seen_entry, last=last)


def _last_of(cursor: CursorWrapper, *, limit: int) -> tuple[datetime, int] | None:
    """The last of a full set; None for one that is not full."""
    cursor.execute(
        "SELECT settled_at, donation_id, count(*) OVER () FROM payments_due_now"
        " ORDER BY settled_at DESC, donation_id DESC LIMIT 1"
    )
    row = cursor.fetchone()
    return (row[0], row[1]) if row is not None and row[2] >= limit else None
