"""What the desk's acts leave to be done: telling donors of a redirect, quickly by a hint, surely by the sweeper."""

from celery import shared_task
from django.utils import timezone

from shop.staff import redirect_mails


@shared_task(name="aid.tell_of_redirect")
def tell_of_redirect(redirect_id: int) -> None:
    """Puts the mails of one redirect into the outbox. May run twice."""
    redirect_mails.tell_of_redirect(redirect_id=redirect_id, now=timezone.now())


@shared_task(name="aid.sweep_redirects")
def sweep_redirects() -> None:
    """Finishes what a lost hint or a crash left untold."""
    redirect_mails.sweep_redirects(now=timezone.now())


BEAT = {"aid.sweep_redirects": {"task": "aid.sweep_redirects", "schedule": 300.0}}
