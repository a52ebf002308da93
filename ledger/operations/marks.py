"""Taking a snapshot of the books."""

from datetime import datetime

from django.db import connection

from ledger.models import Mark


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
