"""The promise that this room holds, for the audit: erasure is whole. That it moves no money, the ledger sees to."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from core.periods import WARSAW
from donors.models import (
    Dedication,
    Donor,
    DonorSession,
    Erasure,
    GiftDetails,
    Mail,
    MailChoice,
    SignInRequest,
    StatutoryKey,
)
from donors.operations.statutory import YEARS_KEPT
from ledger import audit

READABLE_DEDICATION = (
    Q(giver_name__isnull=False)
    | Q(recipient_name__isnull=False)
    | Q(recipient_email__isnull=False)
    | Q(message__isnull=False)
)
READABLE_MAIL = Q(address__isnull=False) | Q(context__isnull=False)


def register() -> None:
    """Registers the check with the audit."""
    audit.register(16, "of an erased donor nothing is left to read", erased_donors_are_forgotten)


def erased_donors_are_forgotten() -> audit.Checked:
    """Counts erased donors; finds what still hangs on one of them. Findings name rows, never people."""
    return audit.Checked(
        count=Donor.objects.filter(erased_at__isnull=False).count(),
        findings=[*_dedications(), *_gifts(), *_mails(), *_ways_in(), *_overdue(), *_unlogged(), *_undone()],
    )


def _dedications() -> Iterator[audit.Finding]:
    left = Dedication.objects.filter(READABLE_DEDICATION, donor__erased_at__isnull=False)
    for pk, donor_id in left.values_list("pk", "donor_id"):
        yield audit.Finding(f"donor {donor_id} is erased, dedication {pk} is not empty")


def _gifts() -> Iterator[audit.Finding]:
    left = GiftDetails.objects.filter(donor__erased_at__isnull=False)
    for pk, donor_id in left.values_list("pk", "donor_id"):
        yield audit.Finding(f"donor {donor_id} is erased, the details of gift {pk} are still there")


def _mails() -> Iterator[audit.Finding]:
    left = Mail.objects.filter(READABLE_MAIL, donor__erased_at__isnull=False)
    for pk, donor_id in left.values_list("pk", "donor_id"):
        yield audit.Finding(f"donor {donor_id} is erased, mail {pk} is not empty")


def _ways_in() -> Iterator[audit.Finding]:
    holders: tuple[type[models.Model], ...] = (DonorSession, SignInRequest, MailChoice)
    for model in holders:
        left = model._default_manager.filter(donor__erased_at__isnull=False)
        for pk, donor_id in left.values_list("pk", "donor_id"):
            yield audit.Finding(f"donor {donor_id} is erased, {model._meta.verbose_name} {pk} is still there")


def _overdue() -> Iterator[audit.Finding]:
    """Keys that should have gone on New Year's Day; the task has two days to do it."""
    last_year_over = (timezone.now() - timedelta(days=2)).astimezone(WARSAW).year - YEARS_KEPT - 1
    left = StatutoryKey.objects.filter(donor__erased_at__isnull=False, key__isnull=False, year__lte=last_year_over)
    for donor_id, year in left.values_list("donor_id", "year"):
        yield audit.Finding(f"donor {donor_id} is erased, and the law no longer keeps the receipts of {year}")


def _unlogged() -> Iterator[audit.Finding]:
    logged = Erasure.objects.filter(donor_number=OuterRef("pk"), at=OuterRef("erased_at"))
    for donor_id in Donor.objects.filter(~Exists(logged), erased_at__isnull=False).values_list("pk", flat=True):
        yield audit.Finding(f"donor {donor_id} is erased, and no log says so")


def _undone() -> Iterator[audit.Finding]:
    """What a restored copy brings back: run `manage.py erasure_log apply`."""
    readable = Donor.objects.filter(
        pk=OuterRef("donor_number"), erased_at__isnull=True, first_seen_at__lte=OuterRef("at")
    )
    for erasure_id, number in Erasure.objects.filter(Exists(readable)).values_list("pk", "donor_number"):
        yield audit.Finding(f"erasure {erasure_id} says that donor {number} is erased, who is readable")
