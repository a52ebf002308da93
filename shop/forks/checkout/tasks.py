"""The orders follow their donations: quickly by a hint, surely by the sweeper."""

from celery import shared_task
from django.utils import timezone

from shop.forks.checkout import consumer, orders


@shared_task(name="shop.donation_moved")
def donation_moved(donation_id: int) -> None:
    """Follows what a donation has done that its order has not. May run twice."""
    consumer.follow_moves(now=timezone.now(), donation_id=donation_id)


@shared_task(name="shop.sweep_orders")
def sweep_orders() -> None:
    """Follows every move whose hint was lost, and frees what a crash left behind."""
    consumer.follow_moves(now=timezone.now())
    orders.release_orphans(now=timezone.now())


BEAT = {"shop.sweep_orders": {"task": "shop.sweep_orders", "schedule": 60.0}}
