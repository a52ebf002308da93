"""Which day it is for a reader in Poland."""

from datetime import date, datetime

from django.utils import timezone

from core.periods import WARSAW


def warsaw_day(now: datetime | None) -> date:
    """The Warsaw calendar day of `now`; of this instant when a page does not say."""
    return (now or timezone.now()).astimezone(WARSAW).date()
