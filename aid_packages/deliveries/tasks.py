"""What workers and beat do for imports. Ids in, nothing out; each may run twice."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from aid_packages.deliveries.operations import imports


@shared_task(name="deliveries.check_import")
def check_import(run_id: int) -> None:
    """Tries the rows of one import."""
    imports.check_import(run_id=run_id, now=timezone.now())


@shared_task(name="deliveries.book_import")
def book_import(run_id: int) -> None:
    """Books one import."""
    imports.book_import(run_id=run_id, now=timezone.now())


@shared_task(name="deliveries.sweep_imports")
def sweep_imports() -> None:
    """Forgets what nobody wanted, and finds what nobody finished."""
    imports.sweep_imports(now=timezone.now())


BEAT = {"deliveries-sweep-imports": {"task": "deliveries.sweep_imports", "schedule": crontab()}}
