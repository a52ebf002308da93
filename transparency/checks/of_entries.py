"""Do the books add up by themselves?"""

from collections.abc import Iterator

from django.db import connection

from ledger.models import Posting
from transparency.checks.found import Found, Scope
from transparency.method import CURRENCY
from transparency.models import CheckName

MOST_ENTRIES = 20

UNBALANCED = """
    SELECT entry.id, entry.reference, posting.currency, coalesce(sum(posting.amount_minor), 0)
    FROM ledger_journalentry entry LEFT JOIN ledger_posting posting ON posting.entry_id = entry.id
    WHERE entry.id <= %s
    GROUP BY entry.id, posting.currency
    HAVING posting.currency IS NULL OR sum(posting.amount_minor) <> 0
    ORDER BY entry.id LIMIT 50
"""

# One statement sees one snapshot, so that gifts which arrive meanwhile are on both sides or on none.
OUT_OF_STEP = """
    WITH counted AS (
        SELECT account_id, period, sum(amount_minor) AS amount FROM ledger_posting GROUP BY account_id, period
    ), kept AS (
        SELECT account_id, period, sum(amount_minor) AS amount FROM ledger_monthlybalance GROUP BY account_id, period
    )
    SELECT account.code, period, coalesce(counted.amount, 0), coalesce(kept.amount, 0)
    FROM counted FULL JOIN kept USING (account_id, period) JOIN ledger_account account ON account.id = account_id
    WHERE coalesce(counted.amount, 0) <> coalesce(kept.amount, 0)
    ORDER BY account.code, period LIMIT 50
"""


def entries_balance(scope: Scope) -> Iterator[Found]:
    """Every entry up to the mark has postings that sum to zero in each currency."""
    with connection.cursor() as cursor:
        cursor.execute(UNBALANCED, [scope.mark.last_entry_id])
        for entry_id, reference, _currency, total in cursor.fetchall():
            yield Found(
                check=CheckName.ENTRIES_BALANCE, subject=reference, expected=0, actual=int(total), entries=(entry_id,)
            )


def monthly_balances(scope: Scope) -> Iterator[Found]:
    """The kept balances equal a recount of all postings, whatever the mark."""
    with connection.cursor() as cursor:
        cursor.execute(OUT_OF_STEP)
        for code, period, counted, kept in cursor.fetchall():
            yield Found(
                check=CheckName.MONTHLY_BALANCES, subject=f"{code} {period}", expected=int(counted), actual=int(kept)
            )


def one_currency(scope: Scope) -> Iterator[Found]:
    """No posting up to the mark is in another currency than the report's."""
    others = Posting.objects.filter(entry_id__lte=scope.mark.last_entry_id).exclude(currency=CURRENCY)
    for currency in others.order_by("currency").values_list("currency", flat=True).distinct():
        entries = others.filter(currency=currency).order_by("entry_id").values_list("entry_id", flat=True).distinct()
        yield Found(check=CheckName.ONE_CURRENCY, subject=currency, entries=tuple(entries[:MOST_ENTRIES]))
