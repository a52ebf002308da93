"""Charges whose balance movement is late: what they cost, and what a foreign one is worth, is asked for again."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from payments import current_provider
from payments.models import Charge
from payments.operations.monthly.invoices import book_any_charge

LATE_AFTER = timedelta(minutes=10)
ASKED_AGAIN_AFTER = timedelta(minutes=30)


def charges_without_movement(*, before: datetime) -> QuerySet[Charge]:
    """Charges seen before then that the provider has not booked yet, oldest first."""
    return Charge.objects.filter(movement=None, seen_at__lt=before).order_by("seen_at")


def late_charges(*, now: datetime) -> list[int]:
    """Ids of those to be asked for now."""
    rested = Q(looked_at__isnull=True) | Q(looked_at__lt=now - ASKED_AGAIN_AFTER)
    found = charges_without_movement(before=now - LATE_AFTER).filter(rested)
    return list(found.values_list("pk", flat=True)[:200])


def look_at_charge(*, charge_id: int, now: datetime) -> None:
    """Ask for one again, and let it rest whatever comes of that. Called outside any database transaction.

    Raises ProviderUnavailable, ProviderRefused, WrongMode.
    """
    Charge.objects.filter(pk=charge_id).update(looked_at=now)
    ref = Charge.objects.values_list("ref", flat=True).get(pk=charge_id)
    book_any_charge(facts=current_provider().fetch_charge(ref=ref), now=now)
