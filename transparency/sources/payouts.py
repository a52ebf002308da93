"""What the payment provider sent to our bank."""

from django.db import connection

from ledger.accounts import BANK_IN_TRANSIT
from ledger.models import Mark
from payments.queries import PayoutSum, payouts_at
from transparency.figures.facts import Row
from transparency.sources.books import month_sums

# One that came back has a second movement, with the other sign.
SENT = """
    SELECT count(*) FILTER (WHERE movement.amount_minor < 0), coalesce(-sum(movement.amount_minor), 0)::bigint
      FROM payments_payout payout
      JOIN payments_balancemovement movement ON movement.id IN (payout.movement_id, payout.failure_movement_id)
      JOIN ledger_journalentry entry ON entry.reference = 'payout:' || movement.ref
     WHERE entry.id <= %(last_entry)s AND entry.period BETWEEN %(first)s AND %(last)s
"""


def read_payouts(*, first_period: int, last_period: int, mark: Mark) -> Row:
    """How many payouts left the provider in the months, how much, and what was still on its way at their end."""
    with connection.cursor() as cursor:
        cursor.execute(SENT, {"first": first_period, "last": last_period, "last_entry": mark.last_entry_id})
        count, amount = cursor.fetchone()
    on_its_way = sum(
        each.amount for each in month_sums(mark) if each.account == BANK_IN_TRANSIT and each.period <= last_period
    )
    return {"count": count, "amount": int(amount), "in_transit": on_its_way}


def payout_sums(*, mark: Mark) -> list[PayoutSum]:
    """Each payout with what it was booked at and what its named parts sum to, as far as the mark knows them."""
    return payouts_at(mark=mark)
