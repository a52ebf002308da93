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


@shared_task(name="transparency.draft_longer")
def draft_longer() -> None:
    """Asks for the last quarter's and year's reports when their months are published."""
    operations.draft_longer(now=timezone.now())


@shared_task(name="transparency.keep_mark")
def keep_mark() -> None:
    """Keeps a mark of the day, so that a report can be asked for as of then."""
    operations.take_kept_mark(now=timezone.now())


@shared_task(name="transparency.mail_readers")
def mail_readers(mailing_id: int) -> None:
    """Tells donors what was counted or corrected."""
    operations.mail_readers(mailing_id=mailing_id, now=timezone.now())


@shared_task(name="transparency.readers_due")
def readers_due() -> None:
    """Sends hints for mailings that are due."""
    operations.readers_due(now=timezone.now())


@shared_task(name="transparency.audit_books")
def audit_books() -> None:
    """Checks every promise of the books."""
    operations.audit_books(now=timezone.now())


BEAT = {
    "transparency.audit_books": {"task": "transparency.audit_books", "schedule": crontab(minute=35)},
    "transparency.draft_longer": {"task": "transparency.draft_longer", "schedule": crontab(minute=10, hour="4,16")},
    # Just after midnight in Warsaw, summer and winter.
    "transparency.keep_mark": {"task": "transparency.keep_mark", "schedule": crontab(minute=5, hour=23)},
    "transparency.readers_due": {"task": "transparency.readers_due", "schedule": crontab(minute="*/5")},
    "transparency.sweep": {"task": "transparency.sweep", "schedule": crontab()},
    # 06:00 in Warsaw is 04:00 or 05:00 UTC. The operation knows the hour, and does nothing when the report exists;
    # the days after the 16th are for a beat that slept through it.
    "transparency.draft_last_month": {
        "task": "transparency.draft_last_month",
        "schedule": crontab(minute=0, hour="4,5", day_of_month="16-31"),
    },
}
