"""A mark is a true snapshot, because of its lock; without the lock it misses a late commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import psycopg
import pytest
from django.db import connections

from ledger import audit, operations, queries
from ledger.models import JournalEntry, Mark
from ledger.operations import close_period, take_mark
from tests.factories.ledger import give, spend
from tests.factories.time import NOW
from tests.support.database import CommittedDatabase
from tests.support.meeting import until, waiting_for_locks
from tests.unit.ledger.raw import insert_entry, insert_postings, rewrite_function

Connect = Callable[[], psycopg.Connection]
T = TypeVar("T")
LINES = ["asset:stripe_clearing", "fund:WARM-NIGHT:gifts"]


def _post_uncommitted(session: psycopg.Connection, *, reference: str) -> None:
    session.execute(
        "SELECT * FROM ledger_post(%s, 'gift', %s, %s, NULL, %s, '{100,-100}', '{PLN,PLN}')",
        [reference, NOW, NOW, LINES],
    )


def test_a_mark_waits_for_a_lower_id_that_is_not_committed(committed_books: CommittedDatabase, app: Connect) -> None:
    late = app()
    _post_uncommitted(late, reference="gift:late")
    give(reference="gift:quick", amount_minor=10)

    with ThreadPoolExecutor(1) as pool:
        marking = pool.submit(_mark_in_own_session)
        until(waiting_for_locks, "somebody waits for the lock")
        assert not marking.done()
        late.commit()
        mark = marking.result(timeout=60)

    assert mark.last_entry_id == JournalEntry.objects.get(reference="gift:quick").id
    assert queries.fund_balance(code="WARM-NIGHT", mark=mark) == 110


def test_a_mark_without_the_lock_misses_the_late_commit(
    committed_books: CommittedDatabase, app: Connect, owner: Connect
) -> None:
    rewrite_function(owner(), "ledger_take_mark", "pg_advisory_lock(7001, 0)", "pg_advisory_lock(1, 1)")
    late = app()
    _post_uncommitted(late, reference="gift:late")
    give(reference="gift:quick", amount_minor=10)

    mark = take_mark(now=NOW)
    before = queries.fund_balance(code="WARM-NIGHT", mark=mark)
    late.commit()
    after = queries.fund_balance(code="WARM-NIGHT", mark=mark)

    assert (before, after) == (10, 110)


def _raw_gift(session: psycopg.Connection) -> None:
    entry = insert_entry(session, reference="gift:raw")
    insert_postings(session, entry, (LINES[0], 100), (LINES[1], -100))


def test_the_table_itself_takes_the_posters_lock(committed_books: CommittedDatabase, app: Connect) -> None:
    late = app()
    _raw_gift(late)
    with ThreadPoolExecutor(1) as pool:
        marking = pool.submit(_mark_in_own_session)
        until(waiting_for_locks, "somebody waits for the lock")
        late.commit()
        mark = marking.result(timeout=60)
    assert queries.fund_balance(code="WARM-NIGHT", mark=mark) == 100


def test_without_that_trigger_a_raw_insert_slips_in_under_a_mark(
    committed_books: CommittedDatabase, app: Connect, owner: Connect
) -> None:
    with owner() as dropping:
        dropping.execute("DROP TRIGGER ledger_entry_before ON ledger_journalentry")
    late = app()
    _raw_gift(late)
    give(reference="gift:quick", amount_minor=10)
    mark = take_mark(now=NOW)
    before = queries.fund_balance(code="WARM-NIGHT", mark=mark)
    late.commit()
    assert queries.fund_balance(code="WARM-NIGHT", mark=mark) != before


def test_the_lock_is_held_for_an_instant(committed_books: CommittedDatabase, app: Connect) -> None:
    marking = app()
    marking.execute("SELECT * FROM ledger_take_mark(now())")
    poster = app()
    poster.execute("SET lock_timeout = '2s'")
    _post_uncommitted(poster, reference="gift:meanwhile")
    poster.commit()
    marking.commit()
    assert queries.fund_balance(code="WARM-NIGHT", mark=Mark.objects.get()) == 0


def test_a_mark_that_is_interrupted_lets_go_of_its_lock(
    committed_books: CommittedDatabase, app: Connect, owner: Connect
) -> None:
    rewrite_function(owner(), "ledger_take_mark", "(SELECT coalesce(max(e.id), 0)", "(SELECT 1 / (max(e.id) * 0)")
    give(reference="gift:ch_1", amount_minor=10)
    marking = app()
    with pytest.raises(psycopg.errors.DivisionByZero):
        marking.execute("SELECT * FROM ledger_take_mark(now())")
    here = "locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    held = app().execute(f"SELECT count(*) FROM pg_locks WHERE {here}").fetchone()
    assert held == (0,)


def test_closing_a_month_waits_for_those_who_post(committed_books: CommittedDatabase, app: Connect) -> None:
    late = app()
    _post_uncommitted(late, reference="gift:late")
    with ThreadPoolExecutor(1) as pool:
        closing = pool.submit(_in_own_session, lambda: close_period(period=202611, now=NOW))
        until(waiting_for_locks, "somebody waits for the lock")
        assert not closing.done()
        late.commit()
        closing.result(timeout=60)
    give(reference="gift:after", amount_minor=10)
    assert dict(JournalEntry.objects.values_list("reference", "period")) == {
        "gift:late": 202611,
        "gift:after": 202612,
    }
    assert audit.run().findings == []


def test_without_the_lock_a_month_closes_over_a_late_entry(
    committed_books: CommittedDatabase, app: Connect, owner: Connect
) -> None:
    rewrite_function(owner(), "ledger_hold_alone", "pg_advisory_xact_lock(7001, 0)", "pg_advisory_xact_lock(1, 1)")
    late = app()
    _post_uncommitted(late, reference="gift:late")
    close_period(period=202611, now=NOW)
    published = queries.fund_movements(first_period=202611, last_period=202611)
    late.commit()
    assert queries.fund_movements(first_period=202611, last_period=202611) != published


@pytest.mark.usefixtures("books")
def test_what_stands_under_a_mark_stays() -> None:
    give(reference="gift:ch_1", amount_minor=100)
    mark = take_mark(now=NOW)
    seen = (
        queries.trial_balance(mark=mark),
        queries.fund_statement(code="WARM-NIGHT", mark=mark),
        queries.fund_movements(first_period=0, last_period=202612, mark=mark),
    )
    give(reference="gift:ch_2", amount_minor=50)
    spend(reference="purchase:1", amount_minor=120)
    operations.reverse(entry_id=mark.last_entry_id, reference="reversal:1", event_at=NOW, now=NOW)
    assert seen == (
        queries.trial_balance(mark=mark),
        queries.fund_statement(code="WARM-NIGHT", mark=mark),
        queries.fund_movements(first_period=0, last_period=202612, mark=mark),
    )
    assert (queries.fund_balance(code="WARM-NIGHT", mark=mark), queries.fund_balance(code="WARM-NIGHT")) == (100, -70)


def _mark_in_own_session() -> Mark:
    return _in_own_session(lambda: take_mark(now=NOW))


def _in_own_session(work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        connections.close_all()
