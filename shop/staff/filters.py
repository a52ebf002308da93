"""Filters of lists: read from the address, so a list can be kept as a bookmark. No personal data among them."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.periods import WARSAW
from shop.staff.fields import DayField

EVERY = ("", _("every"))


class DaysFilter(forms.Form):
    """From one day to another, both included, in Warsaw."""

    since = DayField(label=_("From day"), required=False)
    until = DayField(label=_("To day"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day comes before the first."))
        return cleaned


def begin_of(day: dt.date | None) -> dt.datetime | None:
    """The first instant of the day."""
    return dt.datetime.combine(day, dt.time(), tzinfo=WARSAW) if day else None


def end_of(day: dt.date | None) -> dt.datetime | None:
    """The first instant after the day."""
    return begin_of(day + dt.timedelta(days=1)) if day else None
