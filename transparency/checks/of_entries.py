"""Do the books add up by themselves?"""

from collections.abc import Iterator
from itertools import pairwise

from django.db import connection

from ledger.models import Mark, Posting
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

# Nearly always every entry is whole, and which ones are not is asked only then. Where all postings are in one currency, as the
# recount says, an entry is whole when its postings sum to zero, and every entry has some when as many have as there are.
WHOLE = """
    SELECT (SELECT count(*) FROM ledger_journalentry WHERE id <= %(last_entry)s) = sum(entries)
           AND coalesce(bool_and(balanced), true)
      FROM ({parts}) AS counted
"""
# Each part reads its entries in the order of an index, and several are read at once.
PART = """
    (SELECT count(*) AS entries, bool_and(total = 0) AS balanced
       FROM (SELECT sum(amount_minor) AS total FROM ledger_posting
              WHERE entry_id > {after} AND entry_id <= {upto} GROUP BY entry_id) AS part)
"""
PARTS = 8


def entries_balance(scope: Scope) -> Iterator[Found]:
    """Every entry up to the mark has postings that sum to zero in each currency."""
    if _all_are_whole(scope.mark):
        return
    with connection.cursor() as cursor:
        cursor.execute(UNBALANCED, [scope.mark.last_entry_id])
        for entry_id, reference, _currency, total in cursor.fetchall():
            yield Found(
                check=CheckName.ENTRIES_BALANCE, subject=reference, expected=0, actual=int(total), entries=(entry_id,)
            )


def _all_are_whole(mark: Mark) -> bool:
    """A recount of every posting. Not said of postings in several currencies: then each entry is looked at."""
    if len({each.currency for each in month_sums(mark)}) > 1:
        return False
    last = mark.last_entry_id
    bounds = [last * number // PARTS for number in range(PARTS + 1)]
    parts = " UNION ALL ".join(PART.format(after=after, upto=upto) for after, upto in pairwise(bounds))
    with connection.cursor() as cursor:
        cursor.execute(WHOLE.format(parts=parts), {"last_entry": last})
        return bool(cursor.fetchone()[0])


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
