"""What the payment provider sent to our bank."""

from typing import Any

from django.db import connection

from ledger.accounts import BANK_IN_TRANSIT
from ledger.models import Mark
from payments import queries
from transparency.figures.facts import Row

SENT = """
    SELECT count(*) FILTER (WHERE posting.amount_minor < 0), coalesce(sum(-posting.amount_minor), 0)::bigint
      FROM ledger_journalentry entry
      JOIN ledger_posting posting ON posting.entry_id = entry.id
      JOIN ledger_account account ON account.id = posting.account_id AND account.code = 'asset:stripe_clearing'
     WHERE entry.kind = 'payout' AND entry.id <= %(last_entry)s AND entry.period BETWEEN %(first)s AND %(last)s
"""

IN_TRANSIT = """
    SELECT coalesce(sum(posting.amount_minor), 0)::bigint
      FROM ledger_posting posting JOIN ledger_account account ON account.id = posting.account_id
     WHERE account.code = %(account)s AND posting.entry_id <= %(last_entry)s AND posting.period <= %(last)s
"""


def read_payouts(*, first_period: int, last_period: int, mark: Mark) -> Row:
    """How many payouts left the provider in the months, how much, and what was still on its way at their end."""
    facts: dict[str, int | str] = {
        "first": first_period,
        "last": last_period,
        "last_entry": mark.last_entry_id,
        "account": BANK_IN_TRANSIT,
    }
    with connection.cursor() as cursor:
        cursor.execute(SENT, facts)
        count, amount = cursor.fetchone()
        cursor.execute(IN_TRANSIT, facts)
        return {"count": count, "amount": int(amount), "in_transit": int(cursor.fetchone()[0])}


def payout_sums(*, mark: Mark) -> list[Any]:
    """Each payout with what it was booked at and what its named parts sum to, as far as the mark knows them."""
    ask: Any = getattr(queries, "payouts_at", None)
    return list(ask(mark=mark)) if ask else []
