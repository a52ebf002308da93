"""What the checks of the audit read with."""

from typing import Any

from django.db import connection


def rows_of(sql: str) -> list[tuple[Any, ...]]:
    """All rows of a question."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def count_of(table: str, condition: str = "true") -> int:
    """How many rows of a table there are; both names are written in our own code."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {condition}")  # noqa: S608 -- written in our own code
        return int(cursor.fetchone()[0])
