"""Emergencies that wait for a second person's word."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from aid_packages.models import Allocation, Countersignature


@dataclass(frozen=True)
class EmergencyRow:
    """An envelope that one person booked and nobody countersigned in its time. The sum in grosze."""

    allocation_id: int
    fund_code: str
    amount_minor: int
    countersign_until: datetime


def emergencies_overdue(*, at: datetime, last_id: int | None = None) -> list[EmergencyRow]:
    """The emergencies that at that instant were past their time without a second person's word. One query.

    `last_id` is the last countersignature that a report's mark knows (`last_ids`): what was signed after it is not known
    yet, so a report's replay finds the same.
    """
    signed = Countersignature.objects.filter(signed_at__lte=at)
    if last_id is not None:
        signed = signed.filter(pk__lte=last_id)
    rows = Allocation.objects.filter(countersign_until__lt=at).exclude(Q(pk__in=signed.values("allocation")))
    fields = ("pk", "fund_code", "amount_minor", "countersign_until")
    return [EmergencyRow(*row) for row in rows.order_by("pk").values_list(*fields)]


def last_ids() -> dict[str, int]:
    """The last ids of this room's own tables that reports read at a mark; all else hangs on ledger entries."""
    last = Countersignature.objects.order_by("-pk").values_list("pk", flat=True).first()
    return {"countersignature": last or 0}
