"""Celery's way into payments. Each task makes one domain call, takes ids, and may run twice."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from payments import operations
from payments.operations import statements
from payments.operations.monthly import card_expiry, occasions
from payments.provider import ProviderError

BEAT = {
    "payments-sweep": {"task": "payments.sweep", "schedule": 60.0, "options": {"expires": 55}},
    "payments-missed-events": {"task": "payments.fetch_missed_events", "schedule": crontab(minute="17")},
    "payments-mail-statements": {"task": "payments.mail_statements", "schedule": crontab(hour="7", minute="10")},
    "payments-correct-statements": {"task": "payments.correct_statements", "schedule": crontab(hour="5", minute="20")},
    "payments-occasions": {"task": "payments.make_occasions", "schedule": crontab(minute="2,17,32,47")},
    "payments-card-expiry": {"task": "payments.remind_card_expiry", "schedule": crontab(hour="8", minute="25")},
    "payments-compare": {"task": "payments.compare_with_provider", "schedule": crontab(hour="3", minute="42")},
}
"""What beat starts: every minute, every hour, every night (UTC)."""


@shared_task(name="payments.process_event")
def process_event(event_id: int) -> str:
    """Act on a stored notice."""
    return operations.process_event(event_id=event_id, now=timezone.now()).value


@shared_task(name="payments.donation_moved")
def donation_moved(donation_id: int) -> int:
    """Queue the mails that a donation's moves ask for."""
    return operations.follow_moves(donation_id=donation_id, now=timezone.now())


@shared_task(name="payments.issue_receipt")
def issue_receipt(donation_id: int) -> str:
    """Issue a receipt that is missing."""
    receipt = operations.issue_receipt(donation_id=donation_id, now=timezone.now())
    return "" if receipt is None else receipt.number


@shared_task(name="payments.sweep")
def sweep() -> None:
    """Find what nobody picked up."""
    operations.sweep(now=timezone.now())


@shared_task(name="payments.fetch_missed_events", autoretry_for=(ProviderError,), max_retries=3, retry_backoff=60)
def fetch_missed_events() -> int:
    """Ask for events that no webhook brought."""
    return operations.fetch_missed_events(now=timezone.now())


@shared_task(name="payments.compare_with_provider", autoretry_for=(ProviderError,), max_retries=3, retry_backoff=300)
def compare_with_provider() -> list[str]:
    """Compare our books with the provider's; what can't be explained is named."""
    return operations.compare_with_provider(now=timezone.now()).unexplained


@shared_task(name="payments.make_occasions")
def make_occasions() -> int:
    """Ask for the gifts by hand whose day has come."""
    return occasions.make_occasions(now=timezone.now())


@shared_task(name="payments.remind_card_expiry")
def remind_card_expiry() -> int:
    """Tell donors whose card expires soon."""
    return card_expiry.remind_card_expiry(now=timezone.now())


@shared_task(name="payments.mail_statements")
def mail_statements() -> int:
    """Mail last year's statements, from the second week of January on."""
    return statements.mail_statements(now=timezone.now())


@shared_task(name="payments.correct_statements")
def correct_statements() -> int:
    """Correct statements that a refund has made untrue."""
    return statements.correct_statements(now=timezone.now())
