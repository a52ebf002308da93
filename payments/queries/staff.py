"""What staff see: donations, their refunds, and money that can't be placed. No personal data: a donor is a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from payments.models import Charge, ChargeOutcome, Donation, Receipt, Refund, UnmatchedPayment
from payments.models.refund import HOLDING_STATES
from payments.queries.disputed import is_disputed, kept_by_banks
from payments.states import IN_DOUBT, DonationState


@dataclass(frozen=True)
class DonationRow:
    """A row of the staff's list. Sums in minor units."""

    donation_id: int
    state: DonationState
    gross_minor: int
    refunded_minor: int
    currency: str
    donor_id: int
    created_at: datetime
    settled_at: datetime | None
    receipt_number: str | None


@dataclass(frozen=True)
class UnmatchedRow:
    """Money that can't be placed. `left_minor` is what has not gone back, in minor units of `currency`."""

    unmatched_id: int
    reason: str
    reason_text: str
    charge_ref: str
    amount_minor: int
    left_minor: int
    currency: str
    paid_at: datetime
    found_at: datetime
    donation_id: int | None
    monthly_gift_id: int | None


def donations_for_staff(
    *,
    receipt_number: str | None = None,
    donor_id: int | None = None,
    donation_id: int | None = None,
    states: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[DonationRow]:
    """Donations that match everything given, newest first. A donor is found by `donors.queries.find_donor` before."""
    rows: QuerySet[Donation] = Donation.objects.order_by("-created_at", "-pk")
    if receipt_number is not None:
        rows = rows.filter(receipt__number=receipt_number.strip())
    if donor_id is not None:
        rows = rows.filter(donor_id=donor_id)
    if donation_id is not None:
        rows = rows.filter(pk=donation_id)
    if states is not None:
        rows = rows.filter(state__in=states)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    if until is not None:
        rows = rows.filter(created_at__lt=until)
    found = list(rows[offset : offset + limit])
    numbers = dict(Receipt.objects.filter(donation__in=found).values_list("donation_id", "number"))
    return [
        DonationRow(
            donation_id=row.pk,
            state=DonationState(row.state),
            gross_minor=row.gross_minor,
            refunded_minor=row.refunded_minor,
            currency=row.currency,
            donor_id=row.donor_id,
            created_at=row.created_at,
            settled_at=row.settled_at,
            receipt_number=numbers.get(row.pk),
        )
        for row in found
    ]


def refunds_of(*, donation_id: int) -> list[Refund]:
    """A donation's refunds, oldest first."""
    return list(Refund.objects.filter(charge__donation_id=donation_id).select_related("actor").order_by("pk"))


def refundable_of(*, donation_id: int) -> int:
    """What of a gift can still be given back, in minor units; 0 when nothing was received."""
    charge = Charge.objects.filter(donation_id=donation_id, outcome=ChargeOutcome.GIFT).first()
    return 0 if charge is None else _left(charge=charge)


def unmatched_open(*, limit: int = 200) -> list[UnmatchedRow]:
    """Money that waits for staff, oldest first."""
    rows = UnmatchedPayment.objects.filter(resolved_at__isnull=True).select_related("charge").order_by("found_at")
    return [
        UnmatchedRow(
            unmatched_id=row.pk,
            reason=row.reason,
            reason_text=str(row.get_reason_display()),
            charge_ref=row.charge.ref,
            amount_minor=row.charge.amount_minor,
            left_minor=_left(charge=row.charge),
            currency=row.charge.currency,
            paid_at=row.charge.paid_at,
            found_at=row.found_at,
            donation_id=row.charge.donation_id,
            monthly_gift_id=row.monthly_gift_id,
        )
        for row in rows[:limit]
    ]


def donations_in_doubt(*, now: datetime, older_than: timedelta = timedelta(hours=1)) -> list[DonationRow]:
    """Donations whose outcome has been open for longer than it should."""
    return donations_for_staff(states=[state.value for state in IN_DOUBT], until=now - older_than)


def _left(*, charge: Charge) -> int:
    if is_disputed(charge_id=charge.pk):
        return 0
    return charge.amount_minor - _held(charge_id=charge.pk) - kept_by_banks(charge_id=charge.pk)


def _held(*, charge_id: int) -> int:
    held = Refund.objects.filter(charge_id=charge_id, state__in=HOLDING_STATES).values_list("amount_minor", flat=True)
    return sum(held)
