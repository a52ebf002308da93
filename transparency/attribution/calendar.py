"""When the lines grow."""

from datetime import date, datetime, time, timedelta

from core.periods import WARSAW

DAILY_AT = time(3, 20)
"""The time in Warsaw of the daily run."""


def day_of(instant: datetime) -> date:
    """The day in Warsaw."""
    return instant.astimezone(WARSAW).date()


def first_run_after(instant: datetime) -> date:
    """The day, in Warsaw, of the first daily run after an instant."""
    local = instant.astimezone(WARSAW)
    return local.date() if local.time() < DAILY_AT else local.date() + timedelta(days=1)
