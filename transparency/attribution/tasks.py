"""What workers and beat do for the lines. May run late, twice, or twice at once."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from transparency.attribution import operations


@shared_task(name="attribution.line_up_day")
def line_up_day() -> None:
    """Puts on the lines what is past the refund window, and attributes what was spent."""
    operations.line_up_day(now=timezone.now())


BEAT = {
    # 03:20 in Warsaw is 01:20 or 02:20 UTC; the last hour is for a beat, or a worker, that slept through it.
    "attribution.line_up_day": {"task": "attribution.line_up_day", "schedule": crontab(minute=20, hour="1,2,8")},
}
