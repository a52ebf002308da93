"""The one door through which staff see who a donor is: with the right, a reason, and a trace in the trail."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core import trail
from core.models import User
from donors.models import Donor
from donors.vault import ContactDetails, read_contact

PERMISSION = "donors.reveal_contact"


class NotAllowed(PermissionDenied):
    """Somebody without the right asked who a donor is. Carries ids only."""

    def __init__(self, *, actor_id: int | None) -> None:
        super().__init__(f"user {actor_id} may not see who donors are")
        self.actor_id = actor_id


def reveal_contact(*, donor_id: int, actor: User, reason: str, now: datetime) -> ContactDetails:
    """Who the donor is. The look is in the trail before anything is shown.

    Raises NotAllowed, core.trail.ReasonMissing, vault.DonorErased, Donor.DoesNotExist.
    """
    if not actor.has_perm(PERMISSION):
        raise NotAllowed(actor_id=actor.pk)
    donor = Donor.objects.get(pk=donor_id)
    details = read_contact(donor)
    with transaction.atomic():
        trail.record(actor=actor, act="donors.reveal_contact", subject=f"donor:{donor_id}", reason=reason, now=now)
    return details
