"""Disputes as staff see them. No personal data: a donor is a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from payments.models import Dispute, DisputeAct, DisputeActState, DisputeState
from payments.models.dispute import ANSWERABLE


@dataclass(frozen=True)
class DisputeRow:
    """One dispute, in minor units of the charge's currency. `taken_minor` is with the donor's bank at present."""

    dispute_id: int
    ref: str
    state: DisputeState
    amount_minor: int
    taken_minor: int
    currency: str
    reason: str
    answer_by: datetime | None
    created_at: datetime
    donation_id: int | None
    charge_ref: str
    monthly_gift_id: int | None
    next_charge_at: datetime | None
    """Of a gift that comes again: when the donor is charged next, unless it is ended."""
    can_be_answered: bool


def disputes_for_staff(
    *,
    dispute_id: int | None = None,
    donation_id: int | None = None,
    states: Sequence[str] | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[DisputeRow]:
    """Disputes: those with the nearest deadline first, then the newest."""
    rows = Dispute.objects.select_related("charge__donation__monthly_gift")
    if dispute_id is not None:
        rows = rows.filter(pk=dispute_id)
    if donation_id is not None:
        rows = rows.filter(charge__donation_id=donation_id)
    if states is not None:
        rows = rows.filter(state__in=states)
    waiting = set(DisputeAct.objects.filter(state=DisputeActState.REQUESTED).values_list("dispute_id", flat=True))
    ordered = rows.order_by(F("decided_at").asc(nulls_first=True), "answer_by", "-pk")
    return [_row(row, is_waiting=row.pk in waiting) for row in ordered[offset : offset + limit]]


def _row(row: Dispute, *, is_waiting: bool) -> DisputeRow:
    donation = row.charge.donation
    monthly = donation.monthly_gift if donation is not None else None
    return DisputeRow(
        dispute_id=row.pk,
        ref=row.ref,
        state=DisputeState(row.state),
        amount_minor=row.amount_minor,
        taken_minor=row.taken_minor,
        currency=row.charge.currency,
        reason=row.reason,
        answer_by=row.answer_by,
        created_at=row.created_at,
        donation_id=row.charge.donation_id,
        charge_ref=row.charge.ref,
        monthly_gift_id=monthly.pk if monthly is not None else None,
        next_charge_at=monthly.next_charge_at if monthly is not None else None,
        can_be_answered=row.state in ANSWERABLE and not is_waiting,
    )


def acts_of_dispute(*, dispute_id: int) -> list[DisputeAct]:
    """What staff did about it, oldest first."""
    return list(DisputeAct.objects.filter(dispute_id=dispute_id).select_related("actor").order_by("pk"))
