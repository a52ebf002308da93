"""Closing a month."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Min

from core.periods import next_period, period_start, periods_between
from ledger.models import JournalEntry, Period, PeriodStatus


def close_period(*, period: int, now: datetime) -> None:
    """Closes a month for good, with every month before it that is still open; what is learned later goes into the first
    open month. Closing a closed month changes nothing. Nobody posts between this call and the end of its database
    transaction. Raises ValueError if `period` is no month.
    """
    period_start(period)  # refuses what is no month
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger_hold_alone()")
        if Period.objects.filter(period__gte=period, status=PeriodStatus.CLOSED).exists():
            return
        known = [
            first
            for first in (
                JournalEntry.objects.aggregate(first=Min("period"))["first"],
                Period.objects.filter(status=PeriodStatus.OPEN).aggregate(first=Min("period"))["first"],
                period,
            )
            if first is not None
        ]
        closed = set(Period.objects.filter(status=PeriodStatus.CLOSED).values_list("period", flat=True))
        for month in periods_between(min(known), period):
            if month not in closed:
                Period.objects.update_or_create(
                    period=month, defaults={"status": PeriodStatus.CLOSED, "closed_at": now}
                )
        Period.objects.get_or_create(period=next_period(period))
