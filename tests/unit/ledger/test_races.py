"""What must hold when several do it at once; each with its negative control."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import psycopg
import pytest
from django.db import connections, transaction

from ledger import audit, operations, queries
from ledger.models import EntryKind, JournalEntry
from ledger.operations import Line, Posted
from tests.factories.ledger import give, spend
from tests.support.database import CommittedDatabase
from tests.unit.ledger.raw import rewrite_function

Connect = Callable[[], psycopg.Connection]
PARALLEL = 6


def _at_once(work: Callable[[], object]) -> list[object]:
    """What each of several threads got, each with a database session of its own, started together."""
    start = Barrier(PARALLEL)

    def run() -> object:
        try:
            connections["default"].ensure_connection()
            start.wait(timeout=60)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PARALLEL) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(PARALLEL)]]


def test_posts_of_one_reference_at_once_make_one_entry(committed_books: CommittedDatabase) -> None:
    posted = _at_once(lambda: give(reference="gift:ch_1", amount_minor=100))

    assert [each.created for each in posted if isinstance(each, Posted)].count(True) == 1
    assert len({each.entry_id for each in posted if isinstance(each, Posted)}) == 1
    assert queries.fund_balance(code="WARM-NIGHT") == 100
    assert audit.run().findings == []


def test_without_the_unique_reference_it_is_booked_as_often_as_sent(
    committed_books: CommittedDatabase, owner: Connect
) -> None:
    session = owner()
    unique = session.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = 'ledger_journalentry'::regclass AND contype = 'u'"
    ).fetchone()[0]
    session.execute(f"ALTER TABLE ledger_journalentry DROP CONSTRAINT {unique}")
    rewrite_function(session, "ledger_post", "ON CONFLICT (reference) DO NOTHING", "")

    _at_once(lambda: give(reference="gift:ch_1", amount_minor=100))

    assert JournalEntry.objects.filter(reference="gift:ch_1").count() == PARALLEL
    assert queries.fund_balance(code="WARM-NIGHT") == PARALLEL * 100


def _decide(*, lock: bool) -> Callable[[], bool]:
    """Spends all that a fund holds if nobody else did; the barrier gives all of them time to look before one writes."""
    looked = Barrier(PARALLEL)

    def decide() -> bool:
        with transaction.atomic():
            if lock:
                operations.lock_funds(codes=["WARM-NIGHT", "FOREST"])
            enough = queries.fund_available(code="WARM-NIGHT") >= 100
            with contextlib.suppress(BrokenBarrierError):
                # Under the lock only one comes here, and gives up; without it all do, on however slow a machine.
                looked.wait(timeout=0.3 if lock else 60)
            if enough:
                spend(reference=f"purchase:{id(connections['default'])}", amount_minor=100)
        return enough

    return decide


def test_decisions_on_a_fund_follow_one_another(committed_books: CommittedDatabase) -> None:
    give(reference="gift:ch_1", amount_minor=100)
    assert _at_once(_decide(lock=True)).count(True) == 1
    assert queries.fund_available(code="WARM-NIGHT") == 0
    assert audit.run().findings == []


def test_without_the_lock_a_fund_is_spent_twice_and_the_audit_says_so(committed_books: CommittedDatabase) -> None:
    give(reference="gift:ch_1", amount_minor=100)
    assert _at_once(_decide(lock=False)).count(True) == PARALLEL
    findings = audit.run().findings
    assert {finding.number for finding in findings} == {12}
    assert len(findings) == PARALLEL - 1


def test_locking_needs_a_database_transaction(committed_books: CommittedDatabase) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        operations.lock_funds(codes=["WARM-NIGHT"])
    with pytest.raises(operations.UnknownFund), transaction.atomic():
        operations.lock_funds(codes=["WARM-NIGHT", "NOWHERE"])


def _post_in(session: psycopg.Connection, *, reference: str) -> None:
    session.execute(
        "SELECT * FROM ledger_post(%s, 'gift', now(), now(), NULL, %s, '{100,-100}', '{PLN,PLN}')",
        [reference, ["asset:stripe_clearing", "fund:WARM-NIGHT:gifts"]],
    )


def test_nobody_waits_for_a_gift_that_is_not_committed_yet(committed_books: CommittedDatabase, app: Connect) -> None:
    slow, quick = app(), app()
    _post_in(slow, reference="gift:slow")
    quick.execute("SET lock_timeout = '2s'")
    _post_in(quick, reference="gift:quick")
    quick.commit()
    slow.commit()
    assert queries.fund_balance(code="WARM-NIGHT") == 200
    assert audit.run().findings == []


def test_with_a_single_shard_gifts_wait_for_one_another(
    committed_books: CommittedDatabase, app: Connect, owner: Connect
) -> None:
    rewrite_function(owner(), "ledger_free_shard", "RETURN shard", "RETURN 0")
    rewrite_function(owner(), "ledger_free_shard", "pg_try_advisory_xact_lock(7002, shard)", "true")
    slow, quick = app(), app()
    _post_in(slow, reference="gift:slow")
    quick.execute("SET lock_timeout = '200ms'")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        _post_in(quick, reference="gift:quick")


def test_two_gifts_in_opposite_order_do_not_end_in_a_deadlock(committed_books: CommittedDatabase, app: Connect) -> None:
    one, other = app(), app()
    for session, first in ((one, "WARM-NIGHT"), (other, "FOREST")):
        session.execute("SET lock_timeout = '2s'")
        _post_to(session, fund=first)
    _post_to(one, fund="FOREST")
    _post_to(other, fund="WARM-NIGHT")
    one.commit()
    other.commit()
    assert audit.run().findings == []


def _post_to(session: psycopg.Connection, *, fund: str) -> None:
    session.execute(
        "SELECT * FROM ledger_post(%s, 'gift', now(), now(), NULL, %s, '{100,-100}', '{PLN,PLN}')",
        [f"gift:{fund}:{session.info.backend_pid}", ["asset:stripe_clearing", f"fund:{fund}:gifts"]],
    )


def test_kinds_that_are_spent_need_what_is_there(committed_books: CommittedDatabase) -> None:
    """A release beside its spending frees it, whichever was booked first in their database transaction."""
    give(reference="gift:ch_1", amount_minor=100)
    memo = [Line("fund:WARM-NIGHT:encumbered", 100), Line("fund:WARM-NIGHT:reserve", -100)]
    moment = JournalEntry.objects.get().event_at
    operations.post(reference="commitment:1", kind=EntryKind.COMMITMENT, event_at=moment, lines=memo, now=moment)
    assert queries.fund_available(code="WARM-NIGHT") == 0
    with transaction.atomic():
        spend(reference="purchase:1", amount_minor=100)
        operations.post(
            reference="release:1",
            kind=EntryKind.RELEASE,
            event_at=moment,
            lines=[Line(line.account, -line.amount_minor) for line in memo],
            now=moment,
        )
    assert audit.run().findings == []
