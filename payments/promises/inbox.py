"""Promises 9 and 17: notices are acted on, and only those of our own mode."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from ledger.audit import Checked, Finding
from payments.models import Charge, Cursor, EventState, ProviderEvent
from payments.operations.sweep import CURSOR

IN_TIME = timedelta(hours=1)


def events_in_time() -> Checked:
    """Promise 9. "Now" is the last sweep; with live money it is the clock, so that a dead sweeper is found too."""
    swept = Cursor.objects.filter(name=CURSOR).values_list("moved_at", flat=True).first()
    latest = timezone.now() if settings.STRIPE_LIVEMODE else swept
    findings: list[Finding] = []
    if latest is not None:
        late = ProviderEvent.objects.filter(state=EventState.PENDING, received_at__lt=latest - IN_TIME)
        findings += [
            Finding(
                message=f"event {event.ref} ({event.type}) is pending since {event.received_at}: {event.last_error}"
            )
            for event in late
        ]
    silent = ProviderEvent.objects.filter(state=EventState.IGNORED, ignored_because="")
    findings += [Finding(message=f"event {event.ref} is ignored without a reason") for event in silent]
    return Checked(count=ProviderEvent.objects.count(), findings=findings)


def one_mode_only() -> Checked:
    """Promise 17."""
    foreign_charges = Charge.objects.exclude(livemode=settings.STRIPE_LIVEMODE)
    foreign_events = ProviderEvent.objects.exclude(livemode=settings.STRIPE_LIVEMODE)
    findings = [Finding(message=f"charge {charge.ref} is of another mode") for charge in foreign_charges]
    findings += [Finding(message=f"event {event.ref} is of another mode") for event in foreign_events]
    return Checked(count=Charge.objects.count() + ProviderEvent.objects.count(), findings=findings)
