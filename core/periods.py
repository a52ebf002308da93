"""Periods: calendar months of Europe/Warsaw as integers (202611). Instants are UTC; only here do they become months."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")


def period_of(instant: datetime) -> int:
    """The month in Warsaw in which `instant` (aware) falls."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    local = instant.astimezone(WARSAW)
    return local.year * 100 + local.month


def period_start(period: int) -> datetime:
    """The first instant of the month, in UTC. Raises ValueError if `period` is no month."""
    year, month = divmod(period, 100)
    return datetime(year, month, 1, tzinfo=WARSAW).astimezone(UTC)


def period_end(period: int) -> datetime:
    """The first instant after the month, in UTC."""
    return period_start(next_period(period))


def next_period(period: int) -> int:
    """The month after: 202612 is followed by 202701."""
    return period + 1 if period % 100 < 12 else period + 89


def previous_period(period: int) -> int:
    """The month before: 202701 follows 202612."""
    return period - 1 if period % 100 > 1 else period - 89


def periods_between(first: int, last: int) -> list[int]:
    """Every month from `first` to `last`, both included; empty when `last` comes before `first`."""
    months = []
    while first <= last:
        months.append(first)
        first = next_period(first)
    return months
