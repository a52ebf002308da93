"""Where a donation stands once some of it went back: refunds and disputes together."""

from datetime import datetime

from payments.models import (
    Charge,
    ChargeOutcome,
    Dispute,
    Donation,
    FraudWarning,
    MatterKind,
    Refund,
    UnmatchedPayment,
)
from payments.models.dispute import DECIDED, OPEN_DISPUTE
from payments.models.refund import BOOKED_STATES
from payments.operations.matters import settle_matter
from payments.operations.transitions import move
from payments.states import RECEIVED, DonationState


def follow_charge(*, charge: Charge, donation: Donation | None, because: str, now: datetime) -> None:
    """Move the donation to where its refunds and disputes leave it. Called with the donation's row locked."""
    refunded = sum(Refund.objects.filter(charge=charge, state__in=BOOKED_STATES).values_list("amount_minor", flat=True))
    lost = sum(Dispute.objects.filter(charge=charge, state__in=DECIDED).values_list("taken_minor", flat=True))
    disputed = Dispute.objects.filter(charge=charge, state__in=OPEN_DISPUTE, taken_minor__gt=0).exists()
    if refunded >= charge.amount_minor or disputed or lost:
        _forget_warnings(charge=charge, now=now)
    if charge.outcome == ChargeOutcome.UNMATCHED:
        _follow_unmatched(charge=charge, donation=donation, is_gone=refunded + lost >= charge.amount_minor, now=now)
        return
    if donation is None or DonationState(donation.state) not in RECEIVED:
        return
    given_back = min(donation.gross_minor, refunded + lost)
    changed = donation.refunded_minor != given_back
    donation.refunded_minor = given_back
    target = _target(given_back=given_back, lost=lost, gross=donation.gross_minor, disputed=disputed)
    state = DonationState(donation.state)
    if target is DonationState.LOST and state not in (DonationState.DISPUTED, DonationState.LOST):
        # heard of late: it was disputed before it was lost
        move(donation=donation, to_state=DonationState.DISPUTED, because=because, now=now)
        state = DonationState.DISPUTED
    # two equal partial refunds are two moves, so that mails and totals follow each of them
    again = changed and target is DonationState.PARTLY_REFUNDED
    if state is not target or again:
        move(donation=donation, to_state=target, because=because, now=now)
    donation.save(update_fields=["refunded_minor", "state"])


def _target(*, given_back: int, lost: int, gross: int, disputed: bool) -> DonationState:
    if disputed:
        return DonationState.DISPUTED
    if given_back == 0:
        return DonationState.SETTLED
    if given_back < gross:
        return DonationState.PARTLY_REFUNDED
    return DonationState.LOST if lost else DonationState.REFUNDED


def _follow_unmatched(*, charge: Charge, donation: Donation | None, is_gone: bool, now: datetime) -> None:
    resolved = now if is_gone else None
    UnmatchedPayment.objects.filter(charge=charge, resolved_at__isnull=is_gone).update(resolved_at=resolved)
    if is_gone and donation is not None and donation.state == DonationState.PROCESSING:
        move(donation=donation, to_state=DonationState.FAILED, because="what was paid went back", now=now)
        donation.save(update_fields=["state"])


def _forget_warnings(*, charge: Charge, now: datetime) -> None:
    for warning in FraudWarning.objects.filter(charge=charge):
        because = "the payment went back, or is disputed"
        settle_matter(kind=MatterKind.FRAUD_WARNING, subject=f"{warning}", because=because, now=now)
