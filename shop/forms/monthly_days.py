"""The days that a choice about a monthly gift leads to, spelt out beside it: for the donor's forms and the desk's."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments.monthly_calendar import in_months, warsaw_day
from payments.queries.monthly import MonthlyRow
from payments.queries.monthly_dates import due_instant, first_at_or_after

NO_BREAK = "\N{NO-BREAK SPACE}"
LONGEST_PAUSE = 12
Choices = list[tuple[int, str]]


def on_day(day: date) -> str:
    """A day as the reader writes it, with its year; it doesn't break in two."""
    return date_format(day, "j E Y").replace(" ", NO_BREAK)


def months(count: int) -> str:
    """A number of months: "1 month", "3 months"."""
    return ngettext("%(count)s month", "%(count)s months", count) % {"count": count}


def pause_choices(*, today: date) -> Choices:
    """The lengths of a pause that begins today, each with the day on which it ends."""
    return [
        (number, _("%(months)s, until %(day)s") % {"months": months(number), "day": on_day(_until(today, number))})
        for number in range(1, LONGEST_PAUSE + 1)
    ]


def day_choices(*, row: MonthlyRow, now: datetime) -> Choices:
    """The days of a month, each other than the present one with the date on which the gift would begin on it."""
    if not row.next_dates:
        return [(day, str(day)) for day in range(1, 32)]
    due_at = due_instant(day=row.next_dates[0])
    return [
        (day, str(day) if day == row.day else _begins(day, first_at_or_after(day=day, due_at=due_at, now=now)))
        for day in range(1, 32)
    ]


def _begins(day: int, first_at: datetime) -> str:
    return _("%(day)s, first on %(date)s") % {"day": day, "date": on_day(warsaw_day(first_at))}


def _until(today: date, number: int) -> date:
    return in_months(day=today, months=number, wanted_day=today.day)
