"""Noting that the books came to another server."""

from datetime import datetime

from django.db import connections, transaction

_NOTE = """
    INSERT INTO ledger_home (system_identifier, after_entry_id, since)
    SELECT here.system_identifier,
           CASE WHEN EXISTS (SELECT FROM ledger_home) THEN (SELECT coalesce(max(id), 0) FROM ledger_journalentry) ELSE 0 END,
           %s
      FROM pg_control_system() AS here
     WHERE here.system_identifier IS DISTINCT FROM (SELECT system_identifier FROM ledger_home ORDER BY id DESC LIMIT 1)
"""


def note_home(*, now: datetime, using: str = "default") -> bool:
    """Notes the server that the books stand on, if it isn't the one they stood on so far. True if it was noted.

    `migrate` does it, so it has to run after a restore and before anything is booked.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT ledger_hold_alone()")
        cursor.execute(_NOTE, [now])
        return bool(cursor.rowcount)
