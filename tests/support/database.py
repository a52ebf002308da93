"""Databases for tests: each worker has a copy of the migrated template and connects as the application, never as the owner.

`db` (pytest-django's) wraps a test in a database transaction that is rolled back. A test that needs real commits (threads,
locks, deferred triggers, on_commit, other processes) asks for `committed_db`: what it wrote is taken out afterwards
(cleaning.py), and where that can't be done the copy is thrown away and made anew. The application could do neither.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connections
from psycopg import sql
from pytest_django import DjangoDbBlocker

from tests.support.cleaning import Cleaner


@dataclass(frozen=True)
class CommittedDatabase:
    """Where a test with real commits works."""

    name: str
    url: str
    """As the application."""
    owner_url: str
    """As the owner of the tables: for negative controls that drop a trigger."""


COUNT_ANEW = """
DO $$
DECLARE
    each record;
BEGIN
    FOR each IN
        SELECT quote_ident(namespace.nspname) || '.' || quote_ident(relation.relname) AS relation,
               quote_ident(attribute.attname) AS column,
               sequence.oid::regclass AS sequence
        FROM pg_class sequence
        JOIN pg_depend owned ON owned.objid = sequence.oid AND owned.refclassid = 'pg_class'::regclass
                            AND owned.deptype IN ('a', 'i')
        JOIN pg_class relation ON relation.oid = owned.refobjid
        JOIN pg_namespace namespace ON namespace.oid = relation.relnamespace
        JOIN pg_attribute attribute ON attribute.attrelid = relation.oid AND attribute.attnum = owned.refobjsubid
        WHERE sequence.relkind = 'S'
    LOOP
        EXECUTE format(
            'SELECT setval(%L, greatest(coalesce(max(%s), 0), 0) + 1, false) FROM %s', each.sequence, each.column,
            each.relation
        );
    END LOOP;
END $$
"""


def at_database(url: str, name: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def copy_template(name: str) -> None:
    """A fresh copy of the migrated template, in place of an older one of that name."""
    with psycopg.connect(os.environ["TEST_SUPERUSER_URL"], autocommit=True) as connection:
        target, source = sql.Identifier(name), sql.Identifier(os.environ["TEST_TEMPLATE"])
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(target))
        connection.execute(
            # Page by page: a copy of the files would wait for a checkpoint of everything, the other workers' too.
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER swb_owner STRATEGY wal_log").format(target, source)
        )


def drop_database(name: str) -> None:
    with psycopg.connect(os.environ["TEST_SUPERUSER_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _count_anew(name: str) -> None:
    """Every id counts on from the last row that is there.

    A rolled back test gives its rows back, but not the numbers that it took: what a story calls refund 1 would depend on
    which tests ran before it on the same worker.
    """
    with psycopg.connect(at_database(os.environ["TEST_SUPERUSER_URL"], name), autocommit=True) as connection:
        connection.execute(COUNT_ANEW)


def _worker_database() -> str:
    return f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}_{os.getpid()}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[Cleaner]:
    """Replaces pytest-django's: a copy of the template instead of a migration for each worker. Yields who knows it.

    Django has read its settings before the servers stood, so their address is given to its connection here.
    """
    name = _worker_database()
    copy_template(name)
    cleaner = Cleaner.learn(at_database(os.environ["TEST_SUPERUSER_URL"], name))
    server = urlsplit(os.environ["DATABASE_URL"])
    with django_db_blocker.unblock():
        connections["default"].close()
        connections["default"].settings_dict |= {
            "NAME": name,
            "USER": server.username,
            "PASSWORD": server.password,
            "HOST": server.hostname,
            "PORT": server.port,
        }
    yield cleaner
    with django_db_blocker.unblock():
        connections.close_all()
    drop_database(name)


@pytest.fixture
def committed_db(django_db_setup: Cleaner, django_db_blocker: DjangoDbBlocker) -> Iterator[CommittedDatabase]:
    """A database in which the test really commits; as it was afterwards."""
    name = _worker_database()
    with django_db_blocker.unblock():
        connections.close_all()
        _count_anew(name)
        yield CommittedDatabase(
            name=name,
            url=at_database(os.environ["DATABASE_URL"], name),
            owner_url=at_database(os.environ["DATABASE_OWNER_URL"], name),
        )
        connections.close_all()
        if not django_db_setup.clean(at_database(os.environ["TEST_SUPERUSER_URL"], name)):
            copy_template(name)
            django_db_setup.copied_anew()
