"""How reports are computed. A change of a figure's meaning is a new version; the old one stays replayable."""

from datetime import datetime, timedelta

from core.periods import period_end

METHOD_VERSION = 3
"""Stands in each new report; `figures.content` computes by it."""

SECOND_METHOD = 2
"""As the third, but it told sums and counts as of the mark: two reports of close marks told what came between them."""

FIRST_METHOD = 1
"""That of the first reports; `figures.compose` computes them again, byte for byte."""

CURRENCY = "PLN"

DONOR_BAND = 5
"""Donors are counted in bands of five, rounded down: below five nobody reads a count, and two revisions or overlapping
months can't be subtracted to find one person."""

SMALLEST_CELL = 5
"""No cell stands for fewer donors or people: smaller ones are merged up the tree of funds, and the money still sums."""

REGION_DELAY_DAYS = 14
"""Regions show only when the mark lies at least this long after the period's end: nobody learns where help is now."""


def regions_may_show(*, last_period: int, taken_at: datetime) -> bool:
    """Whether a report of months up to `last_period` at a mark taken then may name regions."""
    return taken_at >= period_end(last_period) + timedelta(days=REGION_DELAY_DAYS)


def too_few(count: int) -> bool:
    """Whether so many people are some and yet so few that one of them could be found."""
    return 0 < count < SMALLEST_CELL


def permille(part: int, whole: int) -> int | None:
    """Tenths of a percent, rounded half up; None of nothing."""
    return (2000 * part + whole) // (2 * whole) if whole > 0 else None


def donor_band(count: int) -> dict[str, int]:
    """The band in which a number of donors lies: {"from": 10, "below": 15}. None at all is {"from": 0, "below": 1}."""
    if count == 0:
        return {"from": 0, "below": 1}
    lowest = count // DONOR_BAND * DONOR_BAND
    return {"from": max(lowest, 1), "below": lowest + DONOR_BAND}
