"""The audit after a test that is rolled back, without the checks that can say nothing new.

Such a test writes in one database transaction, and PostgreSQL counts for each table what was written in it. A check whose
tables nobody wrote to asks the same questions of the same rows as it did of the migrated template, where it found nothing.
What a check reads is learned from its own statements, once a worker, on the template's rows. One that names anything but
plain tables (a view, a sequence, a function, a catalogue), or no table at all, is always run.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from ledger import audit
from ledger.audit import Checked, Finding, Promise
from tests.support.cleaning import Cleaner

PLAIN = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
OTHER = """
SELECT relname FROM pg_class WHERE relnamespace <> 'pg_toast'::regnamespace
    AND (relnamespace <> 'public'::regnamespace OR relkind <> 'r')
UNION SELECT proname FROM pg_proc WHERE pronamespace <> 'pg_catalog'::regnamespace
"""
# What was tried in a savepoint that was rolled back counts as well. The numbers of this transaction are not handed on to
# the next one on this connection.
WRITTEN = """
SELECT relname FROM pg_stat_xact_user_tables, pg_stat_force_next_flush() WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""


@dataclass(frozen=True)
class Readings:
    """Which tables each check reads; a check that is not named here is always run."""

    tables: dict[Promise, frozenset[str]]

    @classmethod
    def learn(cls) -> "Readings":
        """Runs every check on the rows of the template and listens. One that finds something there is always run."""
        plain, other = _names(PLAIN), _names(OTHER)
        tables = {}
        for promise in audit.registered():
            words: set[str] = set()
            with connection.execute_wrapper(_listening(words)):
                found = _findings(promise)
            if not found and words & plain and not words & other:
                tables[promise] = frozenset(words & plain)
        return cls(tables)

    def worth_asking(self) -> list[Promise]:
        """The checks that may find what they did not find in the template. All of them outside a database transaction."""
        if not connection.in_atomic_block:
            return audit.registered()
        written = _names(WRITTEN)
        return [
            each for each in audit.registered() if each not in self.tables or not self.tables[each].isdisjoint(written)
        ]

    def check(self) -> None:
        """Runs those checks and fails with what they found."""
        found = [
            f"promise {each.number}: {finding.message}" for each in self.worth_asking() for finding in _findings(each)
        ]
        assert not found, "\n".join(found)


@pytest.fixture(scope="session")
def readings(django_db_setup: Cleaner, django_db_blocker: DjangoDbBlocker) -> Readings:
    """Learned on a connection of its own, which sees nothing of the test that asks first."""
    with django_db_blocker.unblock():
        used = connections["default"]
        connections["default"] = used.copy()
        try:
            return Readings.learn()
        finally:
            connections["default"].close()
            connections["default"] = used


def _findings(promise: Promise) -> list[Finding]:
    outcome = promise.check()
    return list(outcome.findings if isinstance(outcome, Checked) else outcome)


def _listening(words: set[str]) -> Callable[..., Any]:
    """Collects every word that is said to the database."""

    def listen(execute: Callable[..., Any], statement: str, parameters: Any, many: bool, context: Any) -> Any:
        words.update(re.findall(r"\w+", f"{statement} {parameters}"))
        return execute(statement, parameters, many, context)

    return listen


def _names(asked: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {name for (name,) in cursor.fetchall()}
