"""When the demo's story happens: the two months before the present one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.periods import next_period, period_end, period_of, period_start, previous_period


@dataclass(frozen=True)
class Months:
    """The two past months, and instants within them."""

    now: datetime

    @property
    def second(self) -> int:
        """Last month: its report waits for review."""
        return previous_period(period_of(self.now))

    @property
    def first(self) -> int:
        """The month before: its report is published."""
        return previous_period(self.second)

    @property
    def books_open(self) -> datetime:
        return period_start(self.first)

    def at(self, period: int, share: float) -> datetime:
        """An instant in `period`, `share` (0 to 1) of the way through it; never later than now."""
        start, end = period_start(period), period_end(period)
        return min(start + timedelta(seconds=int((end - start).total_seconds() * share)), self.now)

    def report_day(self, period: int) -> datetime:
        """The 16th of the month after, at noon; never later than now."""
        return min(period_start(next_period(period)) + timedelta(days=15, hours=12), self.now)
