"""Dates of what recurs: counted from the anchor, so that 31 January, 28 February and 31 March belong together. UTC."""

import calendar
import datetime
from typing import Any

_SECONDS = {"day": 24 * 3600, "week": 7 * 24 * 3600}


def after(anchor: int, number: int, interval: str, interval_count: int = 1, *, day: int | None = None) -> int:
    """The instant ``number`` intervals after the anchor (before it, when negative).

    A day that a month lacks is its last one; the months after have the anchor's day again. ``day`` is that day where
    the anchor itself stands in a month that lacks it: the 31st, from 30 November on.
    """
    steps = number * interval_count
    if interval in _SECONDS:
        return anchor + steps * _SECONDS[interval]
    start = datetime.datetime.fromtimestamp(anchor, datetime.UTC)
    months = start.year * 12 + start.month - 1 + steps * (12 if interval == "year" else 1)
    year, month = divmod(months, 12)
    return _instant(start, year, month + 1, day or start.day)


def next_after(anchor: int, instant: int, interval: str, interval_count: int = 1, *, day: int | None = None) -> int:
    """The first date of the cycle that is later than ``instant``, counted from the anchor."""
    length = interval_count * _SECONDS.get(interval, 28 * 24 * 3600 * (12 if interval == "year" else 1))
    # A guess that is never too late (no month is longer than 31 days), then the few steps that are left.
    number = (instant - anchor) * 28 // (length * 31) - 1 if instant > anchor else (instant - anchor) // length - 1
    while (found := after(anchor, number, interval, interval_count, day=day)) <= instant:
        number += 1
    return found


def next_anchor(now: int, config: dict[str, Any]) -> int:
    """The first instant after ``now`` that a ``billing_cycle_anchor_config`` describes.

    The time of day that it doesn't name is that of ``now``.
    """
    start = datetime.datetime.fromtimestamp(now, datetime.UTC)
    parts = {name: config[name] for name in ("hour", "minute", "second") if name in config}
    start = start.replace(**parts)
    months = start.year * 12 + start.month - 1
    for step in range(13):
        year, month = divmod(months + step, 12)
        if "month" in config and month + 1 != config["month"]:
            continue
        found = _instant(start, year, month + 1, config["day_of_month"])
        if found > now:
            return found
    # Only reached with a month that is this one, on a day that is over: next year's.
    return _instant(start, start.year + 1, config["month"], config["day_of_month"])


def _instant(time_of_day: datetime.datetime, year: int, month: int, day: int) -> int:
    last = calendar.monthrange(year, month)[1]
    return int(time_of_day.replace(year=year, month=month, day=min(day, last)).timestamp())
