"""Do the books add up by themselves?"""

from collections.abc import Iterator

from django.db import connection

from ledger.models import Posting
from ledger.queries.sums import account_sums
from transparency.checks.found import Found, Scope
from transparency.method import CURRENCY
from transparency.models import CheckName
from transparency.sources.books import month_sums

MOST_ENTRIES = 20
MOST_FINDINGS = 50

UNBALANCED = """
    SELECT entry.id, entry.reference, posting.currency, coalesce(sum(posting.amount_minor), 0)
    FROM ledger_journalentry entry LEFT JOIN ledger_posting posting ON posting.entry_id = entry.id
    WHERE entry.id <= %s
    GROUP BY entry.id, posting.currency
    HAVING posting.currency IS NULL OR sum(posting.amount_minor) <> 0
    ORDER BY entry.id LIMIT 50
"""

# Nearly always every entry is whole: two counts say so, and which ones are not is asked only then.
WHOLE = """
    SELECT count(*) = (SELECT count(*) FROM ledger_journalentry WHERE id <= %(last_entry)s) AND bool_and(balanced)
    FROM (SELECT sum(amount_minor) = 0 AND min(currency) = max(currency) AS balanced
            FROM ledger_posting WHERE entry_id <= %(last_entry)s GROUP BY entry_id) AS entries
"""


def entries_balance(scope: Scope) -> Iterator[Found]:
    """Every entry up to the mark has postings that sum to zero in each currency."""
    with connection.cursor() as cursor:
        cursor.execute(WHOLE, {"last_entry": scope.mark.last_entry_id})
        if cursor.fetchone()[0] is not False:
            return
        cursor.execute(UNBALANCED, [scope.mark.last_entry_id])
        for entry_id, reference, _currency, total in cursor.fetchall():
            yield Found(
                check=CheckName.ENTRIES_BALANCE, subject=reference, expected=0, actual=int(total), entries=(entry_id,)
            )


def monthly_balances(scope: Scope) -> Iterator[Found]:
    """The balances kept in step, less what was posted after the mark, equal a recount of all postings up to it."""
    counted = {(each.account, each.period): each.amount for each in month_sums(scope.mark)}
    kept = {(each.account, each.period): each.amount_minor for each in account_sums(mark=scope.mark)}
    differing = [key for key in sorted(counted.keys() | kept.keys()) if counted.get(key, 0) != kept.get(key, 0)]
    for account, period in differing[:MOST_FINDINGS]:
        yield Found(
            check=CheckName.MONTHLY_BALANCES,
            subject=f"{account} {period}",
            expected=counted.get((account, period), 0),
            actual=kept.get((account, period), 0),
        )


def one_currency(scope: Scope) -> Iterator[Found]:
    """No posting up to the mark is in another currency than the report's."""
    for currency in sorted({each.currency for each in month_sums(scope.mark)} - {CURRENCY}):
        strange = Posting.objects.filter(entry_id__lte=scope.mark.last_entry_id, currency=currency)
        entries = strange.order_by("entry_id").values_list("entry_id", flat=True).distinct()
        yield Found(check=CheckName.ONE_CURRENCY, subject=currency, entries=tuple(entries[:MOST_ENTRIES]))
