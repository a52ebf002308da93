"""What workers and beat do for reports. Ids in, nothing out; each may run twice."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from transparency import operations


@shared_task(name="transparency.build_report")
def build_report(report_id: int) -> None:
    """Builds one report."""
    operations.build_report(report_id=report_id, now=timezone.now())


@shared_task(name="transparency.sweep")
def sweep() -> None:
    """Sends hints for reports that nobody works on."""
    operations.sweep(now=timezone.now())


@shared_task(name="transparency.draft_last_month")
def draft_last_month() -> None:
    """Asks for last month's report when it is due."""
    operations.draft_last_month(now=timezone.now())


@shared_task(name="transparency.audit_books")
def audit_books() -> None:
    """Checks every promise of the books."""
    operations.audit_books(now=timezone.now())


BEAT = {
    "transparency.audit_books": {"task": "transparency.audit_books", "schedule": crontab(minute=35)},
    "transparency.sweep": {"task": "transparency.sweep", "schedule": crontab()},
    # 06:00 in Warsaw is 04:00 or 05:00 UTC. The operation knows the hour, and does nothing when the report exists;
    # the days after the 16th are for a beat that slept through it.
    "transparency.draft_last_month": {
        "task": "transparency.draft_last_month",
        "schedule": crontab(minute=0, hour="4,5", day_of_month="16-31"),
    },
}
