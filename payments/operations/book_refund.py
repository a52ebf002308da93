"""Booking refunds: what left, what came back, and where the donation stands."""

from datetime import datetime

from django.db import transaction

from ledger.accounts import STRIPE_CLEARING
from ledger.models import EntryKind, JournalEntry
from ledger.operations import Line, post
from payments.models import Charge, Donation, Refund, RefundState
from payments.operations.book_charge import BOOKS_CURRENCY
from payments.operations.follow_charge import follow_charge
from payments.operations.foreign import book_difference, worth_when_given
from payments.operations.given_back import book_return, debits
from payments.operations.movements import mirror
from payments.provider import RefundFacts, RefundStatus

MADE_ELSEWHERE = "made in the provider's own desk"


class RefundOfUnknownCharge(Exception):
    """A refund whose charge is not in our books. Never to be expected: the charge is booked before it."""

    def __init__(self, *, charge_ref: str) -> None:
        self.charge_ref = charge_ref
        super().__init__(charge_ref)


def apply_refund(*, facts: RefundFacts, now: datetime) -> Refund:
    """Apply what the provider says of a refund, ours or made in its own desk. May run any number of times.

    Raises RefundOfUnknownCharge, WorthUnknown.
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
            _fail(refund=refund, charge=charge, donation=donation, facts=facts, now=now)
        else:
            _book(refund=refund, charge=charge, donation=donation, facts=facts, now=now)
        refund.save()
        follow_charge(charge=charge, donation=donation, because="refund booked or returned", now=now)
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
    """Book the refund at what it was worth when it was given. Of a foreign charge that waits for the movement, which says
    what really left: the difference is the rate's."""
    is_foreign = charge.currency != BOOKS_CURRENCY
    if refund.booked_minor is None and not (is_foreign and refund.movement is None):
        refund.booked_minor = worth_when_given(charge=charge, amount_minor=refund.amount_minor)
        post(
            reference=f"refund:{refund.pk}",
            kind=EntryKind.REFUND,
            event_at=facts.created_at,
            lines=[
                *debits(back_minor=refund.booked_minor, charge=charge, donation=donation),
                Line(account=STRIPE_CLEARING, amount_minor=-refund.booked_minor),
            ],
            now=now,
        )
        refund.booked_at = now
        if is_foreign and refund.movement is not None:
            book_difference(movement=refund.movement, booked_minor=-refund.booked_minor, now=now)
    if refund.state != RefundState.FAILED:
        done = facts.status is RefundStatus.SUCCEEDED
        refund.state = RefundState.SUCCEEDED if done else RefundState.PENDING


def _fail(*, refund: Refund, charge: Charge, donation: Donation | None, facts: RefundFacts, now: datetime) -> None:
    """The money came back: mirror the booking, if there was one."""
    is_foreign = charge.currency != BOOKS_CURRENCY
    if refund.state == RefundState.FAILED or (is_foreign and refund.booked_minor and refund.failure_movement is None):
        return
    if refund.booked_minor is not None:
        moved_at = refund.failure_movement.created_at if refund.failure_movement else now
        book_return(
            taken=JournalEntry.objects.get(reference=f"refund:{refund.pk}"),
            back_minor=refund.booked_minor,
            donation=donation,
            reference=f"refund-failed:{refund.pk}",
            event_at=moved_at,
            now=now,
        )
        if is_foreign and refund.failure_movement is not None:
            book_difference(movement=refund.failure_movement, booked_minor=refund.booked_minor, now=now)
    refund.state = RefundState.FAILED
    refund.failure = (facts.failure_reason or facts.status.value)[:100]
    refund.failed_at = now
