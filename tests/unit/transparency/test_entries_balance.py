"""Every entry of the books is added up anew by each report, and one that isn't whole is named."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger.models import Account, EntryKind, FundUse, JournalEntry, Posting
from ledger.operations import take_mark
from tests.factories.transparency import NOVEMBER_16, OCTOBER, OCTOBER_NOON, Giving
from transparency.checks.found import Scope
from transparency.checks.of_entries import PARTS, entries_balance
from transparency.models import ReportKind
from transparency.sources.books import month_sums


def found() -> list[tuple[str, int | None]]:
    scope = Scope(kind=ReportKind.MONTH, first_period=OCTOBER, last_period=OCTOBER, mark=take_mark(now=NOVEMBER_16))
    return [(one.subject, one.actual) for one in entries_balance(scope)]


def planted(reference: str, *amounts: int, currency: str = "PLN") -> None:
    """An entry as only somebody past all our operations could write it."""
    entry = JournalEntry.objects.create(
        reference=reference, kind=EntryKind.GIFT, period=OCTOBER, event_at=OCTOBER_NOON, booked_at=OCTOBER_NOON
    )
    account = Account.objects.get(fund__code="FOREST", use=FundUse.GIFTS, currency="PLN")
    Posting.objects.bulk_create(
        Posting(entry=entry, account=account, amount_minor=amount, currency=currency, period=OCTOBER)
        for amount in amounts
    )


@contextmanager
def unkept() -> Iterator[None]:
    """What is planted would be refused at the end: it never comes to that."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_whole_entries_are_added_up_in_one_question(books: Giving) -> None:
    for _gift in range(2 * PARTS):
        books.give(50_00)
    mark = take_mark(now=NOVEMBER_16)
    scope = Scope(kind=ReportKind.MONTH, first_period=OCTOBER, last_period=OCTOBER, mark=mark)
    with CaptureQueriesContext(connection) as queries:
        assert list(entries_balance(scope)) == []
    month_sums(mark)
    assert len(queries) == 2, "the sums of the months, which a report has read already, and all entries"


@pytest.mark.parametrize("before", [0, 1, PARTS - 1, PARTS, 3 * PARTS])
def test_an_entry_that_is_not_whole_is_found_wherever_it_stands(books: Giving, before: int) -> None:
    for _gift in range(before):
        books.give(50_00)
    with unkept():
        planted("gift:too-much", 10_00, -9_00)
        planted("gift:whole", 10_00, -10_00)
        assert found() == [("gift:too-much", 1_00)]


def test_two_wrongs_that_cancel_each_other_out_are_both_found(books: Giving) -> None:
    with unkept():
        planted("gift:more", 10_00, -9_00)
        planted("gift:less", 10_00, -11_00)
        assert found() == [("gift:more", 1_00), ("gift:less", -1_00)]


def test_an_entry_without_postings_is_found(books: Giving) -> None:
    books.give(50_00)
    with unkept():
        planted("gift:nothing")
        assert found() == [("gift:nothing", 0)]


def test_empty_books_are_whole(books: Giving) -> None:
    assert found() == []
