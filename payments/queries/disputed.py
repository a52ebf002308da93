"""Whether a dispute stands in the way."""

from django.db.models import Sum

from payments.models import Dispute, DisputeState
from payments.models.dispute import OPEN_DISPUTE

IN_THE_WAY = (*OPEN_DISPUTE, DisputeState.LOST)
"""While a bank holds a payment, or kept it, nothing of it can be refunded: the provider refuses, too."""


def is_disputed(*, charge_id: int) -> bool:
    """Whether a charge can't be refunded because of a dispute. One that the bank only asks about can."""
    return Dispute.objects.filter(charge_id=charge_id, state__in=IN_THE_WAY).exists()


def kept_by_banks(*, charge_id: int) -> int:
    """What banks hold of a charge or have kept, in minor units of its currency."""
    return int(Dispute.objects.filter(charge_id=charge_id).aggregate(total=Sum("taken_minor"))["total"] or 0)
