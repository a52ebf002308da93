"""Promise 13, set by set: shares + waiting = net for every gift, shares = amount for every spending the line has reached.

A gift's shares are overlaps of its place with what was taken. So they are exact when places neither overlap nor leave a gap,
when what was taken doesn't overlap either and lies on the line, when each spending took what it is, no more, and less only
where its line has nothing left, and when the lines are as long as the books say.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from ledger import audit
from ledger.audit import Checked, Finding
from ledger.models import AccountKind, Mark
from ledger.queries.sums import account_sums
from payments.models import WaitingGift
from transparency.attribution.models import LineBatch, LinePlace, LineSpending, LineTaking

MOST_FINDINGS = 100

_GAPS = """
    SELECT fund.code, place.start, place.before FROM (
        SELECT fund_id, start, lag(start + length, 1, 0::bigint) OVER (PARTITION BY fund_id ORDER BY start) AS before
          FROM attribution_lineplace
    ) place LEFT JOIN ledger_fund fund ON fund.id = place.fund_id
    WHERE place.start <> place.before ORDER BY 1, 2 LIMIT %s
"""
_STRAY_GIFTS = """
    (SELECT gift.donation_id, false FROM payments_linedupgift gift
      WHERE NOT EXISTS (SELECT FROM attribution_lineplace place WHERE place.donation_id = gift.donation_id)
      ORDER BY 1 LIMIT %s)
    UNION ALL
    (SELECT place.donation_id, true FROM attribution_lineplace place
      WHERE place.donation_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM payments_linedupgift gift WHERE gift.donation_id = place.donation_id)
      ORDER BY 1 LIMIT %s)
"""
# Who is lined up waits no more, and every other gift does: a run looks at what waits alone.
_FORGOTTEN_GIFTS = """
    (SELECT donation.id, false FROM payments_donation donation
      WHERE donation.settled_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM payments_linedupgift gift WHERE gift.donation_id = donation.id)
        AND NOT EXISTS (SELECT FROM payments_waitinggift waiting WHERE waiting.donation_id = donation.id
                           AND waiting.settled_at = donation.settled_at)
      ORDER BY 1 LIMIT %s)
    UNION ALL
    (SELECT waiting.donation_id, true FROM payments_waitinggift waiting
       JOIN payments_linedupgift gift ON gift.donation_id = waiting.donation_id
      ORDER BY 1 LIMIT %s)
"""
_OVERLAPS = """
    WITH counting AS (
        SELECT taking.fund_id, taking.spending_id, taking.start, taking.start + taking.length AS ends
          FROM attribution_linetaking taking
         WHERE NOT EXISTS (SELECT FROM attribution_linefreeing freeing WHERE freeing.spending_id = taking.spending_id)
    ), seen AS (
        SELECT counting.*, max(ends) OVER (PARTITION BY fund_id ORDER BY start, ends
                                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
          FROM counting
    ), lines AS (SELECT fund_id, max(start + length) AS length FROM attribution_lineplace GROUP BY fund_id)
    SELECT spending.entry_id, fund.code, seen.start, seen.ends <= coalesce(lines.length, 0)
      FROM seen LEFT JOIN lines ON lines.fund_id = seen.fund_id
      JOIN attribution_linespending spending ON spending.id = seen.spending_id
      JOIN ledger_fund fund ON fund.id = seen.fund_id
     WHERE seen.start < seen.before OR seen.ends > coalesce(lines.length, 0) OR spending.fund_id <> seen.fund_id
     ORDER BY 1, 3 LIMIT %s
"""
_AMOUNTS = """
    WITH taken AS (SELECT spending_id, sum(length) AS length FROM attribution_linetaking GROUP BY spending_id),
    used AS (
        SELECT taking.fund_id, sum(taking.length) AS length FROM attribution_linetaking taking
         WHERE NOT EXISTS (SELECT FROM attribution_linefreeing freeing WHERE freeing.spending_id = taking.spending_id)
         GROUP BY taking.fund_id
    ), lines AS (SELECT fund_id, max(start + length) AS length FROM attribution_lineplace GROUP BY fund_id)
    SELECT spending.entry_id, entry.reference, fund.code, spending.amount_minor, coalesce(taken.length, 0), booked.amount
      FROM attribution_linespending spending
      JOIN ledger_journalentry entry ON entry.id = spending.entry_id JOIN ledger_fund fund ON fund.id = spending.fund_id
      LEFT JOIN taken ON taken.spending_id = spending.id
      LEFT JOIN used ON used.fund_id = spending.fund_id LEFT JOIN lines ON lines.fund_id = spending.fund_id
      LEFT JOIN attribution_linefreeing freeing ON freeing.spending_id = spending.id
      LEFT JOIN ledger_journalentry undone ON undone.id = freeing.entry_id
      CROSS JOIN LATERAL (
            SELECT coalesce(sum(posting.amount_minor), 0) AS amount FROM ledger_posting posting
              JOIN ledger_account account ON account.id = posting.account_id
             WHERE posting.entry_id = spending.entry_id AND account.fund_id = spending.fund_id AND account.use = spending.use
           ) booked
     WHERE booked.amount <> spending.amount_minor OR coalesce(taken.length, 0) > spending.amount_minor
        OR (freeing.id IS NOT NULL AND undone.reverses_id IS DISTINCT FROM spending.entry_id)
        OR (freeing.id IS NULL AND coalesce(taken.length, 0) < spending.amount_minor
            AND coalesce(used.length, 0) < coalesce(lines.length, 0))
     ORDER BY 1 LIMIT %s
"""
_MOVES = """
    SELECT spending.entry_id, fund.code FROM attribution_linetaking taking
      JOIN attribution_linespending spending ON spending.id = taking.spending_id
      JOIN ledger_fund fund ON fund.id = spending.fund_id
      LEFT JOIN attribution_lineplace place ON place.moved_from_id = taking.id
     WHERE (spending.to_fund_id IS NOT NULL OR place.id IS NOT NULL)
       AND (place.fund_id IS DISTINCT FROM spending.to_fund_id OR place.length IS DISTINCT FROM taking.length)
     ORDER BY 1 LIMIT %s
"""
# What should be booked on each fund by the last batch, seen from the lines: what stands, what moved there, less what was spent.
_LINES = """
    SELECT fund.code, coalesce(stands.length, 0) + coalesce(moved.amount, 0) - coalesce(spent.amount, 0)
      FROM ledger_fund fund
      LEFT JOIN (SELECT fund_id, sum(length) AS length FROM attribution_lineplace
                  WHERE moved_from_id IS NULL GROUP BY fund_id) stands ON stands.fund_id = fund.id
      LEFT JOIN (SELECT to_fund_id, sum(amount_minor) AS amount FROM attribution_linespending
                  WHERE to_fund_id IS NOT NULL GROUP BY to_fund_id) moved ON moved.to_fund_id = fund.id
      LEFT JOIN (SELECT spending.fund_id, sum(spending.amount_minor) AS amount FROM attribution_linespending spending
                  WHERE NOT EXISTS (SELECT FROM attribution_linefreeing freeing WHERE freeing.spending_id = spending.id)
                  GROUP BY spending.fund_id) spent ON spent.fund_id = fund.id
"""
# Beside the lines: what is booked of gifts that don't stand there yet; and what came after the last batch's mark, but before it
# fixed the nets of its gifts (with a minus: it is on the lines, and not yet in the sums that they are held against).
_BESIDE = """
    WITH mine AS MATERIALIZED (
        SELECT charge.id, charge.ref, charge.movement_id, charge.donation_id, place.seen_entry
          FROM payments_charge charge
          LEFT JOIN LATERAL (
                SELECT batch.seen_entry FROM attribution_lineplace place
                  JOIN attribution_linebatch batch ON batch.id = place.batch_id
                 WHERE place.donation_id = charge.donation_id LIMIT 1) place ON true
         WHERE charge.outcome = 'gift' AND (place.seen_entry IS NULL OR place.seen_entry > %(upto)s)
    ), named AS MATERIALIZED (
        SELECT donation_id, seen_entry, 'gift:' || ref AS reference FROM mine
        UNION ALL SELECT donation_id, seen_entry, 'share:' || ref FROM mine
        UNION ALL SELECT mine.donation_id, mine.seen_entry, 'fee:' || movement.ref FROM mine
                    JOIN payments_balancemovement movement ON movement.id = mine.movement_id
        UNION ALL SELECT mine.donation_id, mine.seen_entry, word.start || refund.id FROM mine
                    JOIN payments_refund refund ON refund.charge_id = mine.id
                   CROSS JOIN (VALUES ('refund:'), ('refund-failed:')) word (start)
        UNION ALL SELECT mine.donation_id, mine.seen_entry, word.start || movement.ref FROM mine
                    JOIN payments_dispute dispute ON dispute.charge_id = mine.id
                    JOIN payments_disputemovement moved ON moved.dispute_id = dispute.id
                    JOIN payments_balancemovement movement ON movement.id = moved.movement_id
                   CROSS JOIN (VALUES ('chargeback:'), ('chargeback-won:')) word (start)
    ), own AS MATERIALIZED (
        SELECT named.donation_id, named.seen_entry, entry.id AS entry_id
          FROM named JOIN ledger_journalentry entry ON entry.reference = named.reference
    ), entries AS MATERIALIZED (
        SELECT * FROM own
        UNION SELECT own.donation_id, own.seen_entry, entry.id FROM own JOIN ledger_journalentry entry
                  ON entry.reverses_id = own.entry_id
    )
    SELECT fund.code, sum(CASE WHEN entries.seen_entry IS NULL THEN -posting.amount_minor ELSE posting.amount_minor END)
      FROM entries JOIN ledger_posting posting ON posting.entry_id = entries.entry_id
      JOIN ledger_account account ON account.id = posting.account_id
       AND account.use IN ('gifts', 'fees', 'refunds', 'share_out')
      JOIN ledger_fund fund ON fund.id = account.fund_id
     WHERE EXISTS (SELECT FROM payments_donationline line
                    WHERE line.donation_id = entries.donation_id AND line.fund_code = fund.code)
       AND CASE WHEN entries.seen_entry IS NULL THEN entries.entry_id <= %(upto)s
                ELSE entries.entry_id > %(upto)s AND entries.entry_id <= entries.seen_entry END
     GROUP BY fund.code
"""


@contextmanager
def _reading() -> Iterator[CursorWrapper]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        yield cursor


def places_follow_one_another() -> Checked:
    """Each line begins at 0, without gap and overlap; and every gift that is lined up stands there, no other does."""
    with _reading() as cursor:
        cursor.execute(_GAPS, [MOST_FINDINGS])
        findings = [
            Finding(f"on the line of {fund} something stands from {start}, and what is before it ends at {before}")
            for fund, start, before in cursor.fetchall()
        ]
        cursor.execute(_STRAY_GIFTS, [MOST_FINDINGS, MOST_FINDINGS])
        findings += [
            Finding(f"donation {donation_id} stands on a line and is not lined up")
            if unknown
            else Finding(f"donation {donation_id} is lined up and stands on no line")
            for donation_id, unknown in cursor.fetchall()
        ]
    return Checked(LinePlace.objects.count(), findings)


def gifts_wait_or_stand() -> Checked:
    """Each gift that came is lined up or waits to be, and not both."""
    with _reading() as cursor:
        cursor.execute(_FORGOTTEN_GIFTS, [MOST_FINDINGS, MOST_FINDINGS])
        findings = [
            Finding(f"donation {donation_id} is lined up and waits still")
            if both
            else Finding(f"donation {donation_id} is not lined up, and nothing waits for it")
            for donation_id, both in cursor.fetchall()
        ]
    return Checked(WaitingGift.objects.count(), findings)


def takings_are_apart() -> Checked:
    """What counts as taken from a line doesn't overlap, and ends where the line ends; what moved stands where it moved to."""
    with _reading() as cursor:
        cursor.execute(_OVERLAPS, [MOST_FINDINGS])
        findings = [
            Finding(f"it took from {fund} at {start} {'what was taken' if on_line else 'behind the end'}", entry_id)
            for entry_id, fund, start, on_line in cursor.fetchall()
        ]
        cursor.execute(_MOVES, [MOST_FINDINGS])
        findings += [
            Finding(f"what it took from {fund} does not stand where it moved to", entry_id)
            for entry_id, fund in cursor.fetchall()
        ]
    return Checked(LineTaking.objects.count(), findings)


def spendings_take_what_they_are() -> Checked:
    """Each takes what is booked: no more, and less only while its line has nothing left."""
    with _reading() as cursor:
        cursor.execute(_AMOUNTS, [MOST_FINDINGS])
        findings = [
            Finding(f"{booked} is booked on {fund}, {amount} is to be taken, {taken} was", entry_id, reference)
            for entry_id, reference, fund, amount, taken, booked in cursor.fetchall()
        ]
    return Checked(LineSpending.objects.count(), findings)


def lines_are_as_long_as_the_books_say() -> Checked:
    """By the last batch, fund by fund: what stands, less what was spent, and what isn't lined up yet, is the fund's balance."""
    upto = LineBatch.objects.order_by("-pk").values_list("upto_entry", flat=True).first()
    if upto is None:
        return Checked(0)
    with _reading() as cursor:
        cursor.execute(_LINES)
        lines = {code: int(amount) for code, amount in cursor.fetchall()}
        cursor.execute(_BESIDE, {"upto": upto})
        for code, amount in cursor.fetchall():
            lines[code] += int(amount)
    booked = dict.fromkeys(lines, 0)
    for each in account_sums(mark=Mark(last_entry_id=upto)):
        if each.fund is not None and each.kind != AccountKind.MEMO:
            booked[each.fund] -= each.amount_minor
    findings = [
        Finding(f"the books give {booked[code]} to {code}, its line and what isn't on it yet {lines[code]}")
        for code in sorted(lines)
        if booked[code] != lines[code]
    ]
    return Checked(len(lines), findings)


def register() -> None:
    """Adds the checks of the lines to the audit."""
    audit.register(13, "each line is whole, and holds the gifts that are lined up", places_follow_one_another)
    audit.register(13, "each gift stands on a line or waits for it", gifts_wait_or_stand)
    audit.register(13, "nothing is taken twice from a line", takings_are_apart)
    audit.register(13, "each spending takes what it is", spendings_take_what_they_are)
    audit.register(13, "lines are as long as the books say", lines_are_as_long_as_the_books_say)
