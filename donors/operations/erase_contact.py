"""A donor asks to be forgotten: contact and seal keys are destroyed now, statutory data when the law allows.

GDPR art. 17(1), and 17(3)(b) for what must be kept. No balance, receipt number or root depends on what is destroyed.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.queue import enqueue
from donors import registry
from donors.models import Donor, DonorSession, Erasure, MailChoice, MailState, SignInRequest
from donors.operations.dedications import forget_dedication
from donors.vault import CONTACT_FIELDS


def erase_contact(*, donor_id: int, now: datetime) -> UUID:
    """Destroys the donor's contact and seal keys and all they encrypt, here and with every registered holder.

    Returns the number under which the erasure is logged. May run twice. A new gift from the same address makes a new
    donor. Raises Donor.DoesNotExist.
    """
    with transaction.atomic():
        donor = Donor.objects.select_for_update().get(pk=donor_id)
        # This room registered first and goes last, so that the others can still ask it who it is about.
        for holder in reversed(list(registry.holders())):
            holder.erase(donor_id, now=now)
        logged, _ = Erasure.objects.get_or_create(donor_number=donor_id, at=donor.erased_at or now)
        enqueue("donors.export_erasures")
    return logged.pk


def erase_own(donor_id: int, *, now: datetime) -> None:
    """This room's part. Runs inside the database transaction of `erase_contact`, which holds the donor's row."""
    donor = Donor.objects.select_for_update().get(pk=donor_id)
    if donor.erased_at is not None:
        return
    for dedication in donor.dedications.select_for_update():
        forget_dedication(dedication, now=now)
    donor.gift_details.all().delete()
    # Requests first: one that is being used at this moment is waited for, and its session is then seen.
    SignInRequest.objects.filter(donor=donor).delete()
    DonorSession.objects.filter(donor=donor).delete()
    MailChoice.objects.filter(donor=donor).delete()
    donor.mails.filter(state=MailState.WAITING).update(state=MailState.CANCELLED, address=None, context=None)
    donor.mails.filter(state=MailState.FAILED).update(address=None, context=None)
    for name in (*CONTACT_FIELDS, "email_hash", "contact_key", "seal_key"):
        setattr(donor, name, None)
    donor.erased_at = now
    donor.save()
