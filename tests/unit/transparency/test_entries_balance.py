"""Every entry of the books is added up anew by each report, and one that isn't whole is named."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.models import JournalEntry
from ledger.operations import take_mark
from tests.factories.transparency import NOVEMBER_16, OCTOBER, Giving
from transparency.checks.found import Scope
from transparency.checks.of_entries import PARTS, entries_balance
from transparency.models import ReportKind

SHADOWED = "CREATE TEMPORARY TABLE ledger_posting ON COMMIT DROP AS SELECT * FROM public.ledger_posting"
"""The books that a question finds first: no trigger guards them, so that they can be wrong as the real ones can't."""
MORE = "UPDATE ledger_posting SET amount_minor = amount_minor + %s WHERE entry_id = %s AND amount_minor > 0"
NOTHING = "DELETE FROM ledger_posting WHERE entry_id = %s"


def scope() -> Scope:
    return Scope(kind=ReportKind.MONTH, first_period=OCTOBER, last_period=OCTOBER, mark=take_mark(now=NOVEMBER_16))


@pytest.fixture
def gifts(books: Giving) -> list[JournalEntry]:
    """The entries of gifts, fees apart, in order."""
    for _gift in range(2 * PARTS):
        books.give(50_00)
    return list(JournalEntry.objects.filter(reference__startswith="gift:").order_by("pk"))


def wrong(*statements: tuple[str, list[int]]) -> list[tuple[str, int | None]]:
    """What is found once the books are made wrong."""
    asked = scope()
    with connection.cursor() as cursor:
        cursor.execute(SHADOWED)
        for statement, values in statements:
            cursor.execute(statement, values)
    return [(one.subject, one.actual) for one in entries_balance(asked)]


def test_whole_entries_are_added_up_in_one_question(gifts: list[JournalEntry]) -> None:
    asked = scope()
    with CaptureQueriesContext(connection) as queries:
        assert list(entries_balance(asked)) == []
    assert len(queries) == 2, "the sums of the months, which a report has read already, and all entries"


@pytest.mark.parametrize("place", [0, PARTS // 2, PARTS, -1])
def test_an_entry_that_is_not_whole_is_found_wherever_it_stands(gifts: list[JournalEntry], place: int) -> None:
    entry = gifts[place]
    assert wrong((MORE, [1, entry.pk])) == [(entry.reference, 1)]


def test_two_wrongs_that_cancel_each_other_out_are_both_found(gifts: list[JournalEntry]) -> None:
    first, second = gifts[0], gifts[1]
    assert wrong((MORE, [100, first.pk]), (MORE, [-100, second.pk])) == [
        (first.reference, 100),
        (second.reference, -100),
    ]


def test_an_entry_without_postings_is_found(gifts: list[JournalEntry]) -> None:
    assert wrong((NOTHING, [gifts[3].pk])) == [(gifts[3].reference, 0)]


def test_sums_of_two_currencies_that_cancel_out_are_found(gifts: list[JournalEntry]) -> None:
    entry = gifts[0]
    other = "UPDATE ledger_posting SET currency = 'EUR' WHERE entry_id = %s AND amount_minor > 0"
    assert sorted(wrong((other, [entry.pk]))) == [(entry.reference, -50_00), (entry.reference, 50_00)]


def test_empty_books_are_whole(books: Giving) -> None:
    assert wrong() == []
