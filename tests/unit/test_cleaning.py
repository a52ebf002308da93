"""What a test commits is gone for the next one, whatever it was, and what can't be taken back is not passed over."""

import os

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.db import connection
from psycopg import sql
from pytest_django import DjangoDbBlocker

from tests.factories.aid_packages import make_catalogue
from tests.factories.ledger import give, make_books
from tests.support.cleaning import TABLES, Cleaner
from tests.support.database import CommittedDatabase, at_database, copy_template, drop_database


@pytest.fixture
def url(committed_db: CommittedDatabase) -> str:
    """The database at hand, as the superuser."""
    return at_database(os.environ["TEST_SUPERUSER_URL"], committed_db.name)


def content(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with psycopg.connect(url, autocommit=True) as inside:
        tables = [name for name, _ in inside.execute(TABLES).fetchall()]
        query = "SELECT t::text FROM {} AS t ORDER BY 1"
        return {
            name: inside.execute(sql.SQL(query).format(sql.Identifier(name))).fetchall()  # type: ignore[arg-type]  # a constant
            for name in tables
        }


@pytest.fixture
def pristine(committed_db: CommittedDatabase) -> dict[str, list[tuple[object, ...]]]:
    """What the template holds, read from a copy of it."""
    name = f"{committed_db.name}_pristine"
    copy_template(name)
    try:
        return content(at_database(os.environ["TEST_SUPERUSER_URL"], name))
    finally:
        drop_database(name)


def test_nothing_is_left_of_what_was_written(
    url: str, django_db_setup: Cleaner, pristine: dict[str, list[tuple[object, ...]]]
) -> None:
    make_books()
    give(reference="gift:1", amount_minor=10_000)
    Group.objects.filter(name="approvers").update(name="renamed")
    Group.objects.filter(name="preparers").delete()
    Group.objects.create(name="added")
    assert content(url) != pristine
    connection.close()
    for _ in range(2):
        assert django_db_setup.clean(url)
        assert content(url) == pristine
    Group.objects.filter(name="approvers").delete()
    connection.close()
    assert django_db_setup.clean(url), "rows that were put back once are known again"
    assert content(url) == pristine


def test_who_is_still_connected_is_sent_away(url: str, django_db_setup: Cleaner) -> None:
    with psycopg.connect(url) as forgotten:
        forgotten.execute("LOCK TABLE ledger_posting IN ACCESS EXCLUSIVE MODE")
        assert django_db_setup.clean(url)
        with pytest.raises(psycopg.OperationalError):
            forgotten.execute("SELECT 1")


@pytest.mark.parametrize(
    "changed",
    [
        "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
        "ALTER TABLE ledger_posting ADD COLUMN more int",
        "ALTER TABLE ledger_fund ALTER COLUMN code SET DEFAULT 'LEFT'",
        "CREATE TABLE left_behind (id int)",
        "CREATE OR REPLACE FUNCTION left_behind() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "GRANT DELETE ON ledger_posting TO swb_app",
        "DROP INDEX IF EXISTS {an_index}",
    ],
)
def test_a_changed_definition_asks_for_a_fresh_copy(changed: str, url: str, django_db_setup: Cleaner) -> None:
    assert django_db_setup.clean(url)
    with psycopg.connect(url, autocommit=True) as owner:
        plain = (
            "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON oid = indexrelid WHERE NOT indisunique"
        )
        row = owner.execute(plain + " AND relnamespace = 'public'::regnamespace LIMIT 1").fetchone()
        assert row
        owner.execute(changed.replace("{an_index}", row[0]))  # type: ignore[call-overload]  # from the list above
    assert not django_db_setup.clean(url)


def test_a_trigger_that_was_dropped_is_back_for_the_next_test(
    django_db_setup: Cleaner, django_db_blocker: DjangoDbBlocker, committed_db: CommittedDatabase
) -> None:
    """The one before this ended with changed definitions, so this one stands on a copy."""
    make_catalogue()
    connection.close()
    assert django_db_setup.clean(at_database(os.environ["TEST_SUPERUSER_URL"], committed_db.name))
