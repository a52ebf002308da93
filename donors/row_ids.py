"""Ids before rows: a ciphertext is bound to its row's id, so the id is drawn from the table's sequence first."""

from django.db import connection, models


def next_id(model: type[models.Model]) -> int:
    """The next value of the sequence behind the model's `id`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
