"""ISO weeks as integers (202640): the finest time that is kept of any help. Instants are UTC, weeks are Warsaw's."""

from datetime import UTC, datetime, timedelta
from datetime import date as day_of

from core.periods import WARSAW
from ledger.queries.periods import period_for

LATE = timedelta(days=14)
"""How long after a month has ended anything of it is published."""


class NoSuchWeek(ValueError):
    """A week that no calendar has, such as 2026-W60. Expected: a typing mistake."""

    def __init__(self, *, week: object) -> None:
        super().__init__(f"{week} is no ISO week")
        self.week = week


def week_of(instant: datetime) -> int:
    """The ISO week in Warsaw in which `instant` (aware) falls: 202640."""
    year, week, _day = instant.astimezone(WARSAW).isocalendar()
    return year * 100 + week


def week_text(week: int) -> str:
    """202640 as "2026-W40"."""
    return f"{week // 100}-W{week % 100:02d}"


def week_end(week: int) -> datetime:
    """The first instant after the week, in UTC. Raises NoSuchWeek."""
    monday = _monday(week) + timedelta(days=7)
    return datetime(monday.year, monday.month, monday.day, tzinfo=WARSAW).astimezone(UTC)


def week_sunday(week: int) -> datetime:
    """Noon of the week's last day: a week belongs to the month in which it ends, so it is over when its month is.

    Raises NoSuchWeek.
    """
    sunday = _monday(week) + timedelta(days=6)
    return datetime(sunday.year, sunday.month, sunday.day, 12, tzinfo=WARSAW).astimezone(UTC)


def booked_period(week: int) -> int:
    """The month a row of this week is counted in: the one in which the week ends while it is open, else the first open.

    The ledger's own rule, asked of the database under the lock that posting holds. Raises NoSuchWeek.
    """
    return period_for(week_sunday(week))


def _monday(week: int) -> day_of:
    try:
        return day_of.fromisocalendar(week // 100, week % 100, 1)
    except ValueError as wrong:
        raise NoSuchWeek(week=week) from wrong
