"""Paying advances to partners, and taking back what they did not need."""

from datetime import datetime

from django.db import transaction

from aid_packages.models import SETTLING, SPENDABLE, Advance, AdvanceReturn, Allocation, AllocationState, Partner
from aid_packages.operations.agreements import require_agreement
from aid_packages.operations.allocations import lock_allocation, note
from aid_packages.operations.booking import book_move, release_money, require_in_bank, require_no_deficit
from aid_packages.operations.refusals import (
    WrongState,
    require_no_part,
    require_past,
    require_positive,
    require_reason,
    same_or_refuse,
)
from aid_packages.queries.day import warsaw_day
from aid_packages.queries.envelope import envelope
from core.models import User
from ledger import accounts
from ledger.models import EntryKind


class OverEnvelope(ValueError):
    """More than the envelope holds, or than the partner still has. Expected. `left` and `wanted` in grosze."""

    def __init__(self, *, left: int, wanted: int) -> None:
        super().__init__(f"{left} is left, {wanted} is wanted")
        self.left = left
        self.wanted = wanted


class NoPartner(ValueError):
    """An advance in an envelope that is ours: there is nobody to advance it to. Expected."""


class CountersignatureOverdue(PermissionError):
    """An emergency whose 72 hours are over without a second person's word: nothing more is paid from it. Expected."""


@transaction.atomic
def pay_advance(
    *,
    allocation_id: int,
    amount_minor: int,
    actor: User,
    reason: str,
    event_at: datetime,
    request_key: str,
    now: datetime,
) -> Advance:
    """Books `amount_minor` grosze paid from our bank account to the allocation's partner.

    The same request key again gives the same advance. Raises NotPositive, FutureEvent, NoPartner, WrongState,
    CountersignatureOverdue, OverEnvelope, FundShort (refunds have left a deficit in the fund), BankShort, PartOfPartner,
    NoAgreement (none in force on the day of the transfer), RequestKeyReused, ReasonMissing.
    """
    reason = require_reason(reason)
    require_positive(amount_minor=amount_minor)
    require_past(event_at=event_at, now=now)
    allocation = lock_allocation(allocation_id=allocation_id)
    paid = Advance.objects.filter(request_key=request_key).first()
    if paid:
        same_or_refuse(paid, request_key=request_key, allocation_id=allocation_id, amount_minor=amount_minor)
        return paid
    partner = _require_payable(allocation, amount_minor=amount_minor, actor=actor, event_at=event_at, now=now)
    entry_id = book_move(
        reference=f"advance:{request_key}",
        kind=EntryKind.ADVANCE,
        debit=accounts.advance(partner.code),
        credit=accounts.BANK,
        amount_minor=amount_minor,
        event_at=event_at,
        now=now,
    )
    paid = Advance.objects.create(
        allocation=allocation,
        amount_minor=amount_minor,
        paid_by=actor,
        event_at=event_at,
        booked_at=now,
        request_key=request_key,
        entry_id=entry_id,
    )
    facts = {"entries": [entry_id], "amount_minor": amount_minor}
    note(allocation, act="advance.paid", actor=actor, reason=reason, now=now, **facts)
    return paid


@transaction.atomic
def return_advance(
    *,
    allocation_id: int,
    amount_minor: int,
    actor: User,
    reason: str,
    event_at: datetime,
    request_key: str,
    now: datetime,
) -> AdvanceReturn:
    """Books `amount_minor` grosze that came back from the partner, and gives them back to the fund.

    Nobody says of their own organisation that it gave back what it held. The same request key again gives the same return.
    Raises NotPositive, FutureEvent, NoPartner, WrongState, OverEnvelope (more than the partner holds), PartOfPartner,
    RequestKeyReused, ReasonMissing.
    """
    reason = require_reason(reason)
    require_positive(amount_minor=amount_minor)
    require_past(event_at=event_at, now=now)
    allocation = lock_allocation(allocation_id=allocation_id)
    came = AdvanceReturn.objects.filter(request_key=request_key).first()
    if came:
        same_or_refuse(came, request_key=request_key, allocation_id=allocation_id, amount_minor=amount_minor)
        return came
    partner = _require_held(allocation, amount_minor=amount_minor)
    require_no_part(partner=partner, actor=actor, now=now)
    entry_id = book_move(
        reference=f"return:{request_key}",
        kind=EntryKind.RETURN,
        debit=accounts.BANK,
        credit=accounts.advance(partner.code),
        amount_minor=amount_minor,
        event_at=event_at,
        now=now,
    )
    parts = [(allocation.fund_code, amount_minor)]
    release_id = release_money(reference=f"release:return:{request_key}", parts=parts, event_at=event_at, now=now)
    came = AdvanceReturn.objects.create(
        allocation=allocation,
        amount_minor=amount_minor,
        received_by=actor,
        event_at=event_at,
        booked_at=now,
        request_key=request_key,
        entry_id=entry_id,
    )
    facts = {"entries": [entry_id, release_id], "amount_minor": amount_minor}
    note(allocation, act="advance.returned", actor=actor, reason=reason, now=now, **facts)
    return came


def _require_payable(
    allocation: Allocation, *, amount_minor: int, actor: User, event_at: datetime, now: datetime
) -> Partner:
    """The rules of paying out, people first, then money; gives who is paid."""
    partner = _require_partner(allocation)
    require_open(allocation)
    require_countersigned_in_time(allocation, now=now)
    require_no_part(partner=partner, actor=actor, now=now)
    require_agreement(partner=partner, fund_code=allocation.fund_code, day=warsaw_day(event_at))
    left = envelope(allocation=allocation).free_minor
    if amount_minor > left:
        raise OverEnvelope(left=left, wanted=amount_minor)
    require_no_deficit(parts=[(allocation.fund_code, amount_minor)])
    require_in_bank(amount_minor=amount_minor)
    return partner


def _require_held(allocation: Allocation, *, amount_minor: int) -> Partner:
    """The rules of what comes back; gives who holds it."""
    partner = _require_partner(allocation)
    require_settling(allocation)
    held = envelope(allocation=allocation).with_partner_minor
    if amount_minor > held:
        raise OverEnvelope(left=held, wanted=amount_minor)
    return partner


def _require_partner(allocation: Allocation) -> Partner:
    if allocation.partner is None:
        raise NoPartner
    return allocation.partner


def require_open(allocation: Allocation) -> None:
    """Raises WrongState unless money may be paid out of the allocation: it is approved, or an emergency."""
    if allocation.state not in SPENDABLE:
        raise WrongState(subject=str(allocation), state=allocation.state)


def require_countersigned_in_time(allocation: Allocation, *, now: datetime) -> None:
    """Raises CountersignatureOverdue: one person alone pays from an emergency for 72 hours, and no longer."""
    if allocation.state == AllocationState.EMERGENCY and (until := allocation.countersign_until) and now > until:
        raise CountersignatureOverdue


def require_settling(allocation: Allocation) -> None:
    """Raises WrongState unless what was paid out may be accounted for: also in an allocation that was stopped."""
    if allocation.state not in SETTLING:
        raise WrongState(subject=str(allocation), state=allocation.state)
