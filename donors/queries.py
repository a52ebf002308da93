"""Questions about donors that can be answered without showing who they are."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from donors.addresses import EmailRefused, hash_email
from donors.models import Donor, Mail, MailState


@dataclass(frozen=True)
class OutboxCounts:
    """How the outbox stands, for the staff's desk and for alarms."""

    waiting: int
    overdue: int
    failed: int


def find_donor(*, email: str) -> int | None:
    """The donor with exactly this address, compared by keyed hash; None also for what is no address."""
    try:
        digest = hash_email(email)
    except EmailRefused:
        return None
    return Donor.objects.filter(email_hash=digest).values_list("pk", flat=True).first()


def donor_language(*, donor_id: int) -> str:
    """The language in which the donor is written to. Raises Donor.DoesNotExist."""
    return Donor.objects.values_list("language", flat=True).get(pk=donor_id)


def is_anonymous(*, donor_id: int) -> bool:
    """Whether the donor stands for one gift that was given without being known. Raises Donor.DoesNotExist."""
    return Donor.objects.values_list("anonymous", flat=True).get(pk=donor_id)


def donor_label(*, donor_id: int) -> str:
    """How staff's lists name a donor: by number. Who it is, `staff_view.reveal_contact` tells, with a reason."""
    return _("Donor %(number)s") % {"number": donor_id}


def outbox_counts(*, now: datetime) -> OutboxCounts:
    """Mails waiting, those of them that are past due and were tried in vain, and those given up."""
    counts = Mail.objects.aggregate(
        waiting=Count("pk", filter=Q(state=MailState.WAITING)),
        overdue=Count("pk", filter=Q(state=MailState.WAITING, due_at__lte=now, attempts__gt=0)),
        failed=Count("pk", filter=Q(state=MailState.FAILED)),
    )
    return OutboxCounts(**counts)


def failed_mails() -> list[Mail]:
    """Mails given up, newest first: number, kind and problem can be shown, nothing else of them is readable."""
    return list(Mail.objects.filter(state=MailState.FAILED).order_by("-pk")[:200])
