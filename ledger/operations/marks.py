"""Taking a snapshot of the books."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import connection, transaction

from ledger.models import Mark

Read = TypeVar("Read")


def take_mark(*, now: datetime) -> Mark:
    """A mark at the last committed entry.

    Waits for those who are posting, holds the lock alone for an instant, and lets go before it returns. Not to be
    called by a database transaction that has itself posted: two of those would wait for each other, and the database
    would end one of them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT mark_id, last_entry_id FROM ledger_take_mark(%s)", [now])
        mark_id, last_entry_id = cursor.fetchone()
    return Mark(id=mark_id, last_entry_id=last_entry_id, taken_at=now)


def take_mark_and_read(*, now: datetime, read: Callable[[], Read]) -> tuple[Mark, Read]:
    """A mark, and what `read` finds while nobody posts: the last ids of tables whose rows are added under the lock that
    posting takes (`hold_for_posting`), so that no lower id can be committed later there either.

    `read` has to be quick: everybody who posts waits for it. Not to be called in a database transaction that has posted.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger_hold_alone()")
        return take_mark(now=now), read()


def hold_for_posting() -> None:
    """Takes the lock that posting takes, until the database transaction ends: for rows that reports read at a mark."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_hold_for_posting()")
