"""Booking refunds: what left, what came back, and where the donation stands."""

from datetime import datetime

from django.db import transaction

from ledger.accounts import GENERAL, STRIPE_CLEARING, UNMATCHED, fund_account
from ledger.models import EntryKind, FundUse, JournalEntry
from ledger.operations import Line, post, reverse
from payments.models import Charge, ChargeOutcome, Donation, Refund, RefundState, UnmatchedPayment
from payments.models.refund import BOOKED_STATES
from payments.operations.movements import mirror
from payments.operations.transitions import move
from payments.provider import RefundFacts, RefundStatus
from payments.queries.shares import left_of_gift, shares_of_donation, split_capped
from payments.states import RECEIVED, DonationState

MADE_ELSEWHERE = "made in the provider's own desk"


class RefundOfUnknownCharge(Exception):
    """A refund whose charge is not in our books. Never to be expected: the charge is booked before it."""

    def __init__(self, *, charge_ref: str) -> None:
        self.charge_ref = charge_ref
        super().__init__(charge_ref)


def apply_refund(*, facts: RefundFacts, now: datetime) -> Refund:
    """Apply what the provider says of a refund, ours or made in its own desk. May run any number of times.

    Raises RefundOfUnknownCharge.
    """
    with transaction.atomic():
        donation_id = Charge.objects.filter(ref=facts.charge_ref).values_list("donation_id", flat=True).first()
        donation = Donation.objects.select_for_update().get(pk=donation_id) if donation_id else None
        charge = Charge.objects.select_for_update().filter(ref=facts.charge_ref).first()
        if charge is None:
            raise RefundOfUnknownCharge(charge_ref=facts.charge_ref)
        refund = _our_row(facts=facts, charge=charge, now=now)
        _keep_movements(refund=refund, facts=facts, now=now)
        if facts.status in (RefundStatus.FAILED, RefundStatus.CANCELLED):
            if facts.movement is not None:
                # it did leave before it came back: heard of late, it is booked as if heard of at once
                _book(refund=refund, charge=charge, donation=donation, facts=facts, now=now)
            _fail(refund=refund, facts=facts, now=now)
        else:
            _book(refund=refund, charge=charge, donation=donation, facts=facts, now=now)
        refund.save()
        _follow(charge=charge, donation=donation, now=now)
    return refund


def _our_row(*, facts: RefundFacts, charge: Charge, now: datetime) -> Refund:
    """The row of this refund: by its own id, or by the id we sent along, or a new one for a refund made elsewhere."""
    row = Refund.objects.select_for_update().filter(provider_ref=facts.ref).first()
    if row is None and facts.own_ref.isascii() and facts.own_ref.isdigit():
        row = (
            Refund.objects.select_for_update()
            .filter(pk=int(facts.own_ref), charge=charge, provider_ref__isnull=True, amount_minor=facts.amount_minor)
            .first()
        )
    if row is None:
        row = Refund.objects.create(
            charge=charge,
            request_key=f"provider:{facts.ref}",
            amount_minor=facts.amount_minor,
            reason=MADE_ELSEWHERE,
            requested_at=facts.created_at,
        )
    row.provider_ref = facts.ref
    return row


def _keep_movements(*, refund: Refund, facts: RefundFacts, now: datetime) -> None:
    if refund.movement is None and facts.movement is not None:
        refund.movement = mirror(facts=facts.movement, now=now)
    if refund.failure_movement is None and facts.failure_movement is not None:
        refund.failure_movement = mirror(facts=facts.failure_movement, now=now)


def _book(*, refund: Refund, charge: Charge, donation: Donation | None, facts: RefundFacts, now: datetime) -> None:
    if refund.booked_minor is None:
        refund.booked_minor = _worth(refund=refund, charge=charge)
        post(
            reference=f"refund:{refund.pk}",
            kind=EntryKind.REFUND,
            event_at=facts.created_at,
            lines=[
                *_debits(refund_minor=refund.booked_minor, charge=charge, donation=donation),
                Line(account=STRIPE_CLEARING, amount_minor=-refund.booked_minor),
            ],
            now=now,
        )
        refund.booked_at = now
    if refund.state != RefundState.FAILED:
        done = facts.status is RefundStatus.SUCCEEDED
        refund.state = RefundState.SUCCEEDED if done else RefundState.PENDING


def _worth(*, refund: Refund, charge: Charge) -> int:
    """What the refund takes from the balance, in the books' currency: for a foreign charge, by its movement."""
    if refund.movement is not None and charge.currency != "PLN":
        return -refund.movement.amount_minor
    return refund.amount_minor


def _debits(*, refund_minor: int, charge: Charge, donation: Donation | None) -> list[Line]:
    """A refund takes what is left of the gift in each of its funds; the rest, such as the fee kept, is a loss.

    There is no share to take back while no share policy is in force.
    """
    if charge.outcome != ChargeOutcome.GIFT or donation is None:
        return [Line(account=UNMATCHED, amount_minor=refund_minor)]
    shares = shares_of_donation(donation=donation)
    parts = split_capped(total=refund_minor, shares=left_of_gift(charge=charge, funds=list(shares)))
    lines = [
        Line(account=fund_account(code, FundUse.REFUNDS), amount_minor=part) for code, part in parts.items() if part
    ]
    loss = refund_minor - sum(parts.values())
    if loss:
        lines.append(Line(account=fund_account(GENERAL, FundUse.LOSSES), amount_minor=loss))
    return lines


def _fail(*, refund: Refund, facts: RefundFacts, now: datetime) -> None:
    """The money came back: mirror the booking, if there was one."""
    if refund.state == RefundState.FAILED:
        return
    if refund.booked_minor is not None:
        entry = JournalEntry.objects.get(reference=f"refund:{refund.pk}")
        moved_at = refund.failure_movement.created_at if refund.failure_movement else now
        reverse(entry_id=entry.pk, reference=f"refund-failed:{refund.pk}", event_at=moved_at, now=now)
    refund.state = RefundState.FAILED
    refund.failure = (facts.failure_reason or facts.status.value)[:100]
    refund.failed_at = now


def _follow(*, charge: Charge, donation: Donation | None, now: datetime) -> None:
    given_back = sum(
        Refund.objects.filter(charge=charge, state__in=BOOKED_STATES).values_list("amount_minor", flat=True)
    )
    if charge.outcome == ChargeOutcome.UNMATCHED:
        resolved = now if given_back >= charge.amount_minor else None
        waiting = UnmatchedPayment.objects.filter(charge=charge, resolved_at__isnull=resolved is not None)
        waiting.update(resolved_at=resolved)
        if resolved and donation is not None and donation.state == DonationState.PROCESSING:
            move(donation=donation, to_state=DonationState.FAILED, because="what was paid went back", now=now)
            donation.save(update_fields=["state"])
        return
    if donation is None or donation.refunded_minor == given_back:
        return
    donation.refunded_minor = given_back
    state = DonationState(donation.state)
    if state in RECEIVED and state not in (DonationState.DISPUTED, DonationState.LOST):
        target = _state_after(given_back=given_back, gross=donation.gross_minor)
        if (state, target) != (DonationState.SETTLED, DonationState.SETTLED):
            move(donation=donation, to_state=target, because="refund booked or returned", now=now)
    donation.save(update_fields=["refunded_minor", "state"])


def _state_after(*, given_back: int, gross: int) -> DonationState:
    if given_back == 0:
        return DonationState.SETTLED
    return DonationState.REFUNDED if given_back >= gross else DonationState.PARTLY_REFUNDED
