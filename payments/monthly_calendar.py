"""When a monthly gift falls due. One arithmetic, the provider's own, so that what we tell is what happens.

Months are counted from an anchor, never from the last date: an anchor on the 31st gives 28 February and then 31 March.
A day that a month lacks means its last day. Source: the provider's documentation of its billing cycle anchor.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time

from core.periods import WARSAW
from payments.monthly_states import MONTHS_OF, Interval
from payments.provider import FIRST_HOUR_UTC

LATEST_HOUR_TODAY = 21
"""From this hour (UTC) on a first gift is not taken at once: the page may be open for an hour, and past 22:00 UTC it may
be another day in Warsaw than in UTC, so that months counted in UTC would leave the day that the donor was told."""


def in_months(*, day: date, months: int, wanted_day: int) -> date:
    """The `wanted_day` of the month that is `months` after the month of `day`, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(wanted_day, monthrange(year, month + 1)[1]))


def charge_times(*, anchor_at: datetime, interval: Interval, after: datetime, count: int) -> list[datetime]:
    """The next `count` instants (UTC) after `after` at which a gift anchored at `anchor_at` is taken; the anchor is one."""
    anchor = anchor_at.astimezone(UTC)
    step = MONTHS_OF[interval]
    passed = (after.astimezone(UTC).year - anchor.year) * 12 + after.astimezone(UTC).month - anchor.month
    turn = max(0, passed // step - 1)
    found: list[datetime] = []
    while len(found) < count:
        on = in_months(day=anchor.date(), months=turn * step, wanted_day=anchor.day)
        at = datetime.combine(on, anchor.timetz())
        if at > after:
            found.append(at)
        turn += 1
    return found


def first_charge_at(*, day: int, after: datetime) -> datetime:
    """The next `day` of a month, at FIRST_HOUR_UTC, after the instant `after`."""
    today = after.astimezone(UTC).date()
    for months in (0, 1):
        on = in_months(day=today, months=months, wanted_day=day)
        at = datetime.combine(on, time(FIRST_HOUR_UTC, tzinfo=UTC))
        if at > after:
            return at
    raise AssertionError("the same day of the next month is always later")


def is_taken_at_once(*, day: int, now: datetime) -> bool:
    """Whether a gift that begins now on `day` is taken at once: the day is today, and it isn't late at night."""
    return day == warsaw_day(now).day == now.astimezone(UTC).day and now.astimezone(UTC).hour < LATEST_HOUR_TODAY


def warsaw_day(instant: datetime) -> date:
    """The calendar day in Warsaw, as people are told it."""
    return instant.astimezone(WARSAW).date()


def due_days(*, day: int, interval: Interval, first_on: date, after: date, count: int) -> list[date]:
    """The next `count` due dates after `after` of a gift by hand whose first fell on `first_on`; that one is among them."""
    step = MONTHS_OF[interval]
    passed = (after.year - first_on.year) * 12 + after.month - first_on.month
    turn = max(0, passed // step - 1)
    found: list[date] = []
    while len(found) < count:
        on = in_months(day=first_on, months=turn * step, wanted_day=day)
        if on > after and on >= first_on:
            found.append(on)
        turn += 1
    return found


def first_due_day(*, day: int, today: date) -> date:
    """The next `day` of a month in Warsaw's calendar, today included, for a gift by hand."""
    this_month = in_months(day=today, months=0, wanted_day=day)
    return this_month if this_month >= today else in_months(day=today, months=1, wanted_day=day)
