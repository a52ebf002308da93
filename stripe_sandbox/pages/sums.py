"""What is taken, how often and from which day, in words: ``50,00 zł co miesiąc``, ``1 grudnia``."""

import datetime
from zoneinfo import ZoneInfo

from stripe_sandbox import money
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.recurrence import Plan

#: Days are told as they are where the account is.
_ZONE = ZoneInfo("Europe/Warsaw")
#: Polish names of intervals: one; two to four; five and more.
_PL = {
    "day": ("codziennie", "dni", "dni"),
    "week": ("co tydzień", "tygodnie", "tygodni"),
    "month": ("co miesiąc", "miesiące", "miesięcy"),
    "year": ("co rok", "lata", "lat"),
}
_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
        *("November", "December"),
    ),
    "pl": (
        *("stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września"),
        *("października", "listopada", "grudnia"),
    ),
}


def every(interval: str, count: int, language: str) -> str:
    """How often, such as ``every 3 months``."""
    if language != "pl":
        return f"every {interval}" if count == 1 else f"every {count} {interval}s"
    one, few, many = _PL[interval]
    if count == 1:
        return one
    is_few = 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14
    return f"co {count} {few if is_few else many}"


def day(second: int, now: int, language: str) -> str:
    """The day of an instant, with its year unless that is this one."""
    date = datetime.datetime.fromtimestamp(second, _ZONE)
    month = _MONTHS[language][date.month - 1]
    this_year = datetime.datetime.fromtimestamp(now, _ZONE).year
    return f"{date.day} {month}" + ("" if date.year == this_year else f" {date.year}")


def each_time(session: JsonObject, plan: Plan | None, language: str) -> str:
    """The sum that a session is about, with its interval where it has one."""
    if plan is None:
        return money.written(session["amount_total"], session["currency"], language)
    sum_written = money.written(plan.recurring, session["currency"], language)
    return f"{sum_written} {every(plan.interval, plan.interval_count, language)}"
