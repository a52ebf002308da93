"""Months."""

from datetime import datetime

from django.db import connection


def period_for(event_at: datetime) -> int:
    """The month in which something that happened then is booked: its own in Warsaw while open, else the first open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_period_for(%s)", [event_at])
        return int(cursor.fetchone()[0])
