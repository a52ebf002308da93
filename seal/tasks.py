"""What workers and beat do for the seal. It may run twice."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from seal import operations


@shared_task(name="seal.send_due")
def send_due() -> None:
    """Sends checkpoints to those who keep or time-stamp them."""
    operations.send_due(now=timezone.now())


BEAT = {"seal.send_due": {"task": "seal.send_due", "schedule": crontab()}}
