"""What a report may read: the last ids at its mark, and which months are old enough to be shown."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from aid_packages.deliveries.models import Delivery, Lot, LotPaper, PlannedCost, Service, StockMove
from aid_packages.deliveries.weeks import LATE
from core.periods import period_end, period_of, previous_period
from ledger.models import JournalEntry

Upto = Mapping[str, int]
"""The answer of `last_ids`, kept with a report's mark. What it doesn't name counts as nothing: no id, no month."""

TABLES = {
    "lot": Lot,
    "lot_paper": LotPaper,
    "stock_move": StockMove,
    "delivery": Delivery,
    "service": Service,
    "planned_cost": PlannedCost,
    "entry": JournalEntry,
}


def last_ids(*, now: datetime | None = None) -> dict[str, int]:
    """The last id of each table here that a report reads, and `last_period`: the latest month that may be shown.

    To be read inside `ledger.operations.take_mark_and_read`: each row is added under the lock that posting holds.
    """
    ids = {name: int(table._default_manager.aggregate(last=Max("pk"))["last"] or 0) for name, table in TABLES.items()}
    return ids | {"last_period": latest_shown(now=now or timezone.now())}


def latest_shown(*, now: datetime) -> int:
    """The latest month that ended at least fourteen days ago: of a later one nothing is published."""
    period = previous_period(period_of(now))
    while period_end(period) + LATE > now:
        period = previous_period(period)
    return period


def shown_until(*, last_period: int, upto: Upto) -> int:
    """The last month of a report of which help may be shown."""
    return min(last_period, upto.get("last_period", 0))


def texts(column: Any) -> dict[str, str]:
    """A JSON column of a bare statement: {"pl": ..., "en": ...}."""
    return dict(json.loads(column))


def fetch(sql: str, facts: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
        return list(cursor.fetchall())
