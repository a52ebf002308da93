"""What the database refuses to everybody, and that the named trigger does it: without it, the same goes through.

Each attempt is made as the application's role, without any of our code between, and committed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
import pytest

from ledger import audit
from ledger.operations import close_period
from tests.factories.ledger import give
from tests.factories.time import NOW
from tests.support.database import CommittedDatabase
from tests.unit.ledger.raw import insert_entry, insert_postings

CLEARING, GIFTS = "asset:stripe_clearing", "fund:WARM-NIGHT:gifts"
Connect = Callable[[], psycopg.Connection]


def unbalanced_entry(session: psycopg.Connection) -> None:
    insert_postings(session, insert_entry(session, reference="gift:raw"), (CLEARING, 100), (GIFTS, -99))


def debit_and_credit_apart(session: psycopg.Connection) -> None:
    entry = insert_entry(session, reference="gift:raw")
    insert_postings(session, entry, (CLEARING, 100))
    insert_postings(session, entry, (GIFTS, -100))


def empty_entry(session: psycopg.Connection) -> None:
    insert_entry(session, reference="gift:raw")


def posting_to_an_earlier_entry(session: psycopg.Connection) -> None:
    earlier = session.execute("SELECT min(id) FROM ledger_journalentry").fetchone()[0]
    insert_postings(session, earlier, (CLEARING, 100), (GIFTS, -100))


def posting_in_another_currency(session: psycopg.Connection) -> None:
    entry = insert_entry(session, reference="gift:raw")
    insert_postings(session, entry, (CLEARING, 100), (GIFTS, -100), currency="EUR")


def posting_in_another_month(session: psycopg.Connection) -> None:
    entry = insert_entry(session, reference="gift:raw")
    insert_postings(session, entry, (CLEARING, 100), (GIFTS, -100), period=202612)


def posting_in_a_closed_month(session: psycopg.Connection) -> None:
    event_at = "2026-10-21 12:00+00"
    entry = insert_entry(session, reference="gift:raw", period=202610, event_at=event_at)
    insert_postings(session, entry, (CLEARING, 100), (GIFTS, -100), period=202610)


def half_a_reversal(session: psycopg.Connection) -> None:
    earlier = session.execute("SELECT min(id) FROM ledger_journalentry").fetchone()[0]
    entry = insert_entry(session, reference="reversal:raw", reverses=earlier)
    insert_postings(session, entry, (CLEARING, -50), (GIFTS, 50))


def older_snapshot(session: psycopg.Connection) -> None:
    session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    entry = insert_entry(session, reference="gift:raw")
    insert_postings(session, entry, (CLEARING, 100), (GIFTS, -100))


def borrowed_transaction(session: psycopg.Connection) -> None:
    session.execute(
        "INSERT INTO ledger_journalentry (reference, kind, period, event_at, booked_at, txid)"
        " VALUES ('gift:raw', 'gift', 202611, now(), now(), '99999999')"
    )


def reopened_month(session: psycopg.Connection) -> None:
    session.execute("UPDATE ledger_period SET status = 'open', closed_at = NULL WHERE period = 202610")


def deleted_month(session: psycopg.Connection) -> None:
    session.execute("DELETE FROM ledger_period WHERE period = 202610")


@dataclass(frozen=True)
class Refusal:
    """An attempt, the promise that refuses it, the triggers that hold the promise, and what the audit then says."""

    attempt: Callable[[psycopg.Connection], None]
    constraint: str
    triggers: tuple[tuple[str, str], ...]
    audit_says: str | None


AT_POSTING = (("ledger_posting_after", "ledger_posting"),)
AT_COMMIT = (("ledger_entry_at_commit", "ledger_journalentry"),)
BEFORE = (("ledger_entry_before", "ledger_journalentry"),)
REFUSALS = [
    Refusal(unbalanced_entry, "postings_of_a_statement_sum_to_zero", AT_POSTING + AT_COMMIT, "sums to 1 PLN"),
    Refusal(debit_and_credit_apart, "postings_of_a_statement_sum_to_zero", AT_POSTING, None),
    Refusal(empty_entry, "entry_has_postings", AT_COMMIT, "has no postings"),
    Refusal(posting_to_an_earlier_entry, "posting_in_the_transaction_of_its_entry", AT_POSTING, "is kept"),
    Refusal(posting_in_another_currency, "posting_in_the_currency_of_its_account", AT_POSTING, "another month or"),
    Refusal(posting_in_another_month, "posting_in_the_period_of_its_entry", AT_POSTING, "another month or"),
    Refusal(posting_in_a_closed_month, "posting_in_an_open_period", AT_POSTING, "is kept"),
    Refusal(half_a_reversal, "reversal_mirrors_its_entry", AT_COMMIT, "no mirror"),
    Refusal(older_snapshot, "entry_is_posted_read_committed", BEFORE, None),
    Refusal(borrowed_transaction, "entry_carries_its_own_transaction", AT_COMMIT, "has no postings"),
    Refusal(reopened_month, "period_closes_once", (("ledger_period_closes_once", "ledger_period"),), None),
    Refusal(deleted_month, "period_is_never_deleted", (("ledger_period_alone", "ledger_period"),), None),
]
each_refusal = pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.attempt.__name__)


@pytest.fixture
def october_is_closed(committed_books: CommittedDatabase) -> None:
    give(reference="gift:earlier", amount_minor=100)
    close_period(period=202610, now=NOW)


def test_the_database_refuses(october_is_closed: None, app: Connect, subtests: pytest.Subtests) -> None:
    session = app()
    for refusal in REFUSALS:
        with subtests.test(refusal.attempt.__name__):
            assert _refused_by(session, refusal.attempt) == refusal.constraint
            session.rollback()
    assert audit.run().findings == []


def _refused_by(session: psycopg.Connection, attempt: Callable[[psycopg.Connection], None]) -> str | None:
    try:
        attempt(session)
        session.commit()
    except psycopg.IntegrityError as refused:
        return refused.diag.constraint_name
    return None


@each_refusal
def test_without_its_trigger_it_goes_through(
    refusal: Refusal, october_is_closed: None, app: Connect, owner: Connect
) -> None:
    with owner() as dropping:
        for trigger, table in refusal.triggers:
            dropping.execute(f"DROP TRIGGER {trigger} ON {table}")
    session = app()
    refusal.attempt(session)
    session.commit()

    findings = [str(finding) for finding in audit.run().findings]
    for trigger, _ in refusal.triggers:
        assert any(f"the trigger {trigger} on" in finding for finding in findings)
    if refusal.audit_says:
        assert any(refusal.audit_says in finding for finding in findings), findings


def test_at_commit_an_unbalanced_entry_is_refused_a_second_time(
    committed_books: CommittedDatabase, app: Connect, owner: Connect
) -> None:
    with owner() as dropping:
        dropping.execute("DROP TRIGGER ledger_posting_after ON ledger_posting")
    session = app()
    unbalanced_entry(session)
    with pytest.raises(psycopg.IntegrityError) as refused:
        session.commit()
    assert refused.value.diag.constraint_name == "entry_sums_to_zero"


COLUMNS = {
    "ledger_fund": "code",
    "ledger_account": "code",
    "ledger_journalentry": "reference",
    "ledger_posting": "amount_minor",
    "ledger_mark": "last_entry_id",
}


def _changes(table: str, column: str) -> list[str]:
    return [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"]


def test_even_the_owner_can_not_change_what_is_booked(
    october_is_closed: None, owner: Connect, subtests: pytest.Subtests
) -> None:
    session = owner()
    for table, column in COLUMNS.items():
        for statement in _changes(table, column):
            with subtests.test(statement):
                with pytest.raises(psycopg.errors.RestrictViolation, match="is append-only"):
                    session.execute(statement)
                session.rollback()


def test_the_application_has_no_right_to_change_it(
    october_is_closed: None, app: Connect, subtests: pytest.Subtests
) -> None:
    session = app()
    for table, column in {**COLUMNS, "ledger_monthlybalance": "amount_minor"}.items():
        for statement in _changes(table, column):
            # A decision locks its fund with SELECT ... FOR UPDATE, for which PostgreSQL asks the right to UPDATE.
            by_trigger = table == "ledger_fund" and not statement.startswith("TRUNCATE")
            expected = psycopg.errors.RestrictViolation if by_trigger else psycopg.errors.InsufficientPrivilege
            with subtests.test(statement):
                with pytest.raises(expected):
                    session.execute(statement)
                session.rollback()


def test_the_application_can_not_write_monthly_balances(october_is_closed: None, app: Connect) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app().execute(
            "INSERT INTO ledger_monthlybalance (account_id, period, shard, amount_minor) VALUES (1, 202611, 9, 1)"
        )


def test_the_owner_alone_may_drop_a_trigger(october_is_closed: None, app: Connect) -> None:
    for statement in (
        "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
        "DROP TRIGGER ledger_posting_after ON ledger_posting",
        "SET session_replication_role = replica",
    ):
        session = app()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(statement)


def test_a_table_of_ones_own_does_not_stand_in_for_the_ledgers(october_is_closed: None, app: Connect) -> None:
    session = app()
    session.execute("CREATE TEMP TABLE ledger_period (period integer, status text)")
    with pytest.raises(psycopg.IntegrityError) as refused:
        posting_in_a_closed_month(session)
    assert refused.value.diag.constraint_name == "posting_in_an_open_period"


def test_an_id_is_drawn_never_chosen(october_is_closed: None, app: Connect) -> None:
    with pytest.raises(psycopg.errors.GeneratedAlways):
        app().execute(
            "INSERT INTO ledger_journalentry (id, reference, kind, period, event_at, booked_at)"
            " VALUES (1, 'gift:raw', 'gift', 202611, now(), now())"
        )


def test_an_entry_is_not_booked_before_its_month(october_is_closed: None, app: Connect) -> None:
    with pytest.raises(psycopg.IntegrityError) as refused:
        insert_entry(app(), reference="gift:raw", period=202610)
    assert refused.value.diag.constraint_name == "entry_period_not_before_its_event"


@pytest.mark.parametrize("table", ["ledger_fund", "ledger_journalentry"])
def test_without_its_guard_a_table_takes_changes(table: str, october_is_closed: None, owner: Connect) -> None:
    session = owner()
    session.execute(f"DROP TRIGGER {table}_is_append_only ON {table}")
    changed = session.execute(
        f"UPDATE {table} SET id = id" if table == "ledger_fund" else f"UPDATE {table} SET reference = 'x'"
    )
    session.commit()
    assert changed.rowcount > 0
    assert [str(finding) for finding in audit.run().findings] == [
        f"promise 2: the trigger {table}_is_append_only on {table} is missing or disabled"
    ]
