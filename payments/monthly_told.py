"""What was read back after an act on a monthly gift: the only source of what a page or a mail says about it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from payments.monthly_states import Interval, MonthlyState

DATES_TOLD = 3
"""How many of the next dates are always shown."""


@dataclass(frozen=True)
class Told:
    """A monthly gift as the provider answered, or, by hand, as our own row stands. Days are Warsaw's.

    `sum_minor` is one gift in minor units of `currency`. `paused_until` is the day on which a pause ends; a skip has
    none: `skipped_on` is the gift that is left out. `next_dates` is empty once it has ended. `state` is a MonthlyState.
    """

    sum_minor: int
    currency: str
    interval: Interval
    next_dates: tuple[date, ...]
    paused_until: date | None
    state: MonthlyState
    skipped_on: date | None = None

    def as_json(self) -> dict[str, Any]:
        """The form in which an act keeps it."""
        return {
            "sum_minor": self.sum_minor,
            "currency": self.currency,
            "interval": self.interval.value,
            "next_dates": [day.isoformat() for day in self.next_dates],
            "paused_until": self.paused_until.isoformat() if self.paused_until else None,
            "skipped_on": self.skipped_on.isoformat() if self.skipped_on else None,
            "state": self.state.value,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """What an act keeps, as it was."""
        return cls(
            sum_minor=kept["sum_minor"],
            currency=kept["currency"],
            interval=Interval(kept["interval"]),
            next_dates=tuple(date.fromisoformat(day) for day in kept["next_dates"]),
            paused_until=date.fromisoformat(kept["paused_until"]) if kept.get("paused_until") else None,
            skipped_on=date.fromisoformat(kept["skipped_on"]) if kept.get("skipped_on") else None,
            state=MonthlyState(kept["state"]),
        )
