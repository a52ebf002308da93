"""On which server the books stand."""

from django.db import connection

_KNOWN = """
    SELECT system_identifier IS NOT DISTINCT FROM (SELECT system_identifier FROM ledger_home ORDER BY id DESC LIMIT 1)
      FROM pg_control_system()
"""


def stands_at_home() -> bool:
    """Whether the books know the server that they stand on. If not they were restored, and `migrate` has to run first."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN)
        return bool(cursor.fetchone()[0])
