"""PostgreSQL's number of a database transaction, as a column."""

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression, Func


class Xid8Field(models.Field[int, int]):
    """`xid8`: 64 bits, so it never wraps around."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "xid8"

    def from_db_value(self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper) -> int | None:
        return None if value is None else int(value)


class CurrentXactId(Func):
    """The number of the database transaction that runs now."""

    function = "pg_current_xact_id"
    template = "%(function)s()"
    output_field = Xid8Field()
