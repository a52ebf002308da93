"""The promise that this room holds, for the audit: erasure is whole. That it moves no money, the ledger sees to."""

from collections.abc import Iterator

from django.db.models import Q

from donors.models import Dedication, Donor, GiftDetails, Mail
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
        count=Donor.objects.filter(erased_at__isnull=False).count(), findings=[*_dedications(), *_gifts(), *_mails()]
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
