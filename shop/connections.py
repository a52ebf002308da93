"""What the shop asks of each new connection to the database.

By a statement and not by an option of the connection: poolers such as PgBouncer refuse the options that they don't know.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def without_compiling(*, connection: BaseDatabaseWrapper, **facts: Any) -> None:
    """Switches the just-in-time compiler off.

    A page asks in half a millisecond what a planner, afraid of millions of rows, would compile for half a second.
    """
    connection.connection.execute("SET jit = off")
