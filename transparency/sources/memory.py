"""Memory for questions about everything: sorting five million gifts on the disk takes longer than asking."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

AMPLE = "192MB"


@contextmanager
def ample_memory() -> Iterator[None]:
    """Statements of this connection may sort and hash in memory; afterwards it is as before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('work_mem')")
        before = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('work_mem', %s, false)", [AMPLE])
    try:
        yield
    finally:
        if not connection.needs_rollback and not connection.closed_in_transaction:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('work_mem', %s, false)", [before])
