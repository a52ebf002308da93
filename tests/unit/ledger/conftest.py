"""Books to test on, and ways around the public operations: the application's role without them, and the owner's."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from ledger import audit, promises
from tests.factories.ledger import make_books
from tests.support.database import CommittedDatabase


@pytest.fixture
def books(db: None) -> None:
    """The usual books, rolled back after the test."""
    make_books()


@pytest.fixture
def committed_books(committed_db: CommittedDatabase) -> CommittedDatabase:
    """The usual books, really committed."""
    make_books()
    return committed_db


@pytest.fixture
def app(committed_books: CommittedDatabase) -> Iterator[Callable[[], psycopg.Connection]]:
    """Opens connections as the application, each a database session of its own; closed after the test."""
    yield from _connections(committed_books.url)


@pytest.fixture
def owner(committed_books: CommittedDatabase) -> Iterator[Callable[[], psycopg.Connection]]:
    """Opens connections as the owner of the tables."""
    yield from _connections(committed_books.owner_url)


def _connections(url: str) -> Iterator[Callable[[], psycopg.Connection]]:
    opened = []

    def connect() -> psycopg.Connection:
        connection = psycopg.connect(url)
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture(autouse=True)
def _only_the_ledgers_promises(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gifts of these tests come from nowhere: what payments promises about charges is not theirs to keep."""
    monkeypatch.setattr(audit, "_promises", {})
    promises.register()
