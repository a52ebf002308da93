"""What the ledger did to the lines since the last batch, told apart by what it is for them.

Every posting on a fund, memo accounts apart, is exactly one of: a part of the net of a gift that doesn't stand on a line yet
(its gift, fee, share or refund, on one of its own funds); something put on the line (`place`); something taken from it
(`spend`); the undoing of what was taken (`free`); or money that moves from one line to another (`move`).
"""

from dataclasses import dataclass

from django.db import connection

from payments.operations.line_up import GIFT_USES

# The donation to which an entry belongs, read from what it, or what it mirrors, is called.
_READ = """
    CREATE TEMPORARY TABLE attribution_event ON COMMIT DROP AS
    WITH fresh AS MATERIALIZED (
        SELECT entry.id, entry.reverses_id, coalesce(deep.reference, mirrored.reference, entry.reference) AS root
          FROM ledger_journalentry entry
          LEFT JOIN ledger_journalentry mirrored ON mirrored.id = entry.reverses_id
          LEFT JOIN ledger_journalentry deep ON deep.id = mirrored.reverses_id
         WHERE entry.id > %(after_entry)s AND entry.id <= %(upto_entry)s
    ), of_gift AS MATERIALIZED (
        SELECT fresh.id AS entry_id, charge.donation_id FROM fresh
          JOIN payments_charge charge ON charge.ref = substr(fresh.root, 6) AND charge.outcome = 'gift'
         WHERE fresh.root LIKE 'gift:%%'
        UNION ALL
        SELECT fresh.id, charge.donation_id FROM fresh
          JOIN payments_charge charge ON charge.ref = substr(fresh.root, 7) AND charge.outcome = 'gift'
         WHERE fresh.root LIKE 'share:%%'
        UNION ALL
        SELECT fresh.id, charge.donation_id FROM fresh
          JOIN payments_balancemovement movement ON movement.ref = substr(fresh.root, 5)
          JOIN payments_charge charge ON charge.movement_id = movement.id AND charge.outcome = 'gift'
         WHERE fresh.root LIKE 'fee:%%'
        UNION ALL
        SELECT fresh.id, charge.donation_id FROM fresh
          JOIN payments_refund refund
            ON refund.id = CASE WHEN fresh.root ~ '^refund(-failed)?:[0-9]{1,18}$'
                                THEN split_part(fresh.root, ':', 2)::bigint END
          JOIN payments_charge charge ON charge.id = refund.charge_id AND charge.outcome = 'gift'
        UNION ALL
        SELECT fresh.id, charge.donation_id FROM fresh
          JOIN payments_balancemovement movement ON movement.ref = split_part(fresh.root, ':', 2)
          JOIN payments_disputemovement moved ON moved.movement_id = movement.id
          JOIN payments_dispute dispute ON dispute.id = moved.dispute_id
          JOIN payments_charge charge ON charge.id = dispute.charge_id AND charge.outcome = 'gift'
         WHERE fresh.root LIKE 'chargeback:%%' OR fresh.root LIKE 'chargeback-won:%%'
    )
    SELECT fresh.id AS entry_id, fresh.reverses_id, account.fund_id, account.use,
           -sum(posting.amount_minor)::bigint AS delta,
           CASE WHEN sum(posting.amount_minor) < 0 THEN 'place' ELSE 'spend' END AS role, NULL::bigint AS to_fund_id
      FROM fresh
      JOIN ledger_posting posting ON posting.entry_id = fresh.id
      JOIN ledger_account account ON account.id = posting.account_id AND account.kind <> 'memo'
      JOIN ledger_fund fund ON fund.id = account.fund_id
      LEFT JOIN of_gift ON of_gift.entry_id = fresh.id
     WHERE of_gift.donation_id IS NULL OR account.use <> ALL(%(gift_uses)s)
        OR NOT EXISTS (SELECT FROM payments_donationline line
                        WHERE line.donation_id = of_gift.donation_id AND line.fund_code = fund.code)
        OR EXISTS (SELECT FROM attribution_lineplace place JOIN attribution_linebatch batch ON batch.id = place.batch_id
                    WHERE place.donation_id = of_gift.donation_id AND batch.seen_entry < fresh.id)
     GROUP BY fresh.id, fresh.reverses_id, account.fund_id, account.use
    HAVING sum(posting.amount_minor) <> 0
"""
# A redirect or a cover has one fund that gives and one that takes; so has its mirror, the other way round.
_MOVES = """
    UPDATE attribution_event event SET role = 'move', to_fund_id = pair.to_fund_id
      FROM (
            SELECT entry_id, min(fund_id) FILTER (WHERE delta > 0) AS to_fund_id FROM attribution_event
             WHERE use IN ('redirect_out', 'redirect_in', 'loss_cover', 'covered')
             GROUP BY entry_id
            HAVING count(*) = 2 AND sum(delta) = 0 AND min(fund_id) <> max(fund_id)
           ) pair
     WHERE pair.entry_id = event.entry_id AND event.use IN ('redirect_out', 'redirect_in', 'loss_cover', 'covered')
"""
_FREES = """
    UPDATE attribution_event event SET role = 'free'
     WHERE event.role = 'place' AND event.reverses_id IS NOT NULL AND (
           EXISTS (SELECT FROM attribution_linespending known WHERE known.entry_id = event.reverses_id
                      AND known.fund_id = event.fund_id AND known.use = event.use AND known.amount_minor = event.delta)
        OR EXISTS (SELECT FROM attribution_event before WHERE before.entry_id = event.reverses_id
                      AND before.fund_id = event.fund_id AND before.use = event.use AND before.delta = -event.delta
                      AND before.role = 'spend'))
"""
_TAKING = """
    SELECT entry_id, fund_id, use, abs(delta), role, to_fund_id, reverses_id FROM attribution_event
     WHERE role IN ('spend', 'free') OR (role = 'move' AND delta < 0)
     ORDER BY entry_id, fund_id, use
"""


@dataclass(frozen=True, slots=True)
class Event:
    """What one entry takes from the line of one fund, or gives back to it, in grosze."""

    entry_id: int
    fund_id: int
    use: str
    amount_minor: int
    role: str
    """spend, free or move."""
    to_fund_id: int | None
    reverses_id: int | None


def read_events(*, after_entry: int, upto_entry: int) -> list[Event]:
    """Reads the entries after one up to another into the temporary table attribution_event; gives what takes from lines.

    What is put on lines stays in the table, for the statement that puts it there.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS attribution_event")
        cursor.execute(_READ, {"after_entry": after_entry, "upto_entry": upto_entry, "gift_uses": list(GIFT_USES)})
        cursor.execute("ANALYZE attribution_event")
        cursor.execute(_MOVES)
        cursor.execute(_FREES)
        cursor.execute(_TAKING)
        return [Event(*row) for row in cursor.fetchall()]
