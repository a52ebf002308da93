"""The audit finds each promise broken when rows are changed as their owner could."""

import psycopg
import pytest
from django.db import connection

from core.models import TrailEntry
from ledger import audit
from tests.factories.deliveries import bought, done, given, handed, make_store_books
from tests.support.database import CommittedDatabase


@pytest.fixture
def busy(committed_db: CommittedDatabase) -> CommittedDatabase:
    """A store with a bought lot, a given one, a delivery and a service."""
    make_store_books()
    bought(10)
    given(5, item="boots")
    handed(3)
    done(4)
    return committed_db


def found() -> set[str]:
    return {finding.name for finding in audit.run().findings}


def as_owner(database: CommittedDatabase, *statements: str) -> None:
    connection.close()
    with psycopg.connect(database.owner_url) as owner:
        for table in ("stockmove", "delivery", "lot"):
            owner.execute(f"ALTER TABLE deliveries_{table} DISABLE TRIGGER USER")
        owner.execute("ALTER TABLE core_trailentry DISABLE TRIGGER USER")
        for statement in statements:
            owner.execute(statement)


def test_a_busy_store_is_found_clean_and_counted(busy: CommittedDatabase) -> None:
    result = audit.run()
    assert result.findings == []
    counted = {name: count for _number, name, count in result.checked}
    assert counted["of every lot, reserved + free + gone = procured"] == 2
    assert counted["every act on goods and services has an actor, a reason and a trail"] == 7


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        (
            "UPDATE deliveries_stockmove SET units = units + 9 WHERE target = 'delivered'",
            "of every lot, reserved + free + gone = procured",
        ),
        (
            "UPDATE deliveries_stockmove SET units = units - 1 WHERE source = 'outside'",
            "of every lot, reserved + free + gone = procured",
        ),
        ("DELETE FROM deliveries_stockmove", "of every lot, reserved + free + gone = procured"),
        (
            "UPDATE deliveries_delivery SET fund_code = 'CONTACT'",
            "goods serve the purpose they came for",
        ),
        ("UPDATE deliveries_lot SET cost_minor = cost_minor + 1", "lots cost no more than their document says"),
        ("DELETE FROM core_trailentry", "every act on goods and services has an actor, a reason and a trail"),
    ],
)
def test_a_planted_violation_is_found(busy: CommittedDatabase, change: str, promise: str) -> None:
    as_owner(busy, change)
    assert promise in found()


def test_a_move_that_lets_a_month_fall_below_zero_is_found(busy: CommittedDatabase) -> None:
    as_owner(busy, "UPDATE deliveries_stockmove SET period = 202609 WHERE target = 'delivered'")
    assert found() == {"of every lot, reserved + free + gone = procured"}
    assert TrailEntry.objects.exists()
