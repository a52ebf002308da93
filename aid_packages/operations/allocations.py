"""Drafting, approving, rejecting and closing allocations."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from aid_packages.models import MOVES, Allocation, AllocationState, Partner, Region
from aid_packages.operations.agreements import agreement_for, require_agreement
from aid_packages.operations.booking import FundShort, commit_money, lock_and_see, release_money
from aid_packages.operations.refusals import (
    WrongState,
    require_another,
    require_no_part,
    require_positive,
    require_reason,
    same_or_refuse,
)
from aid_packages.queries.day import warsaw_day
from aid_packages.queries.envelope import envelope
from aid_packages.queries.reserved import reserved_in
from core.models import User
from core.periods import period_start
from core.text import clean_line
from core.trail import record
from ledger.models import Fund


class FundNotForAid(LookupError):
    """No fund of that code, or one that is not for aid (ADMIN has its own budget). Expected."""

    def __init__(self, *, fund_code: str) -> None:
        super().__init__(fund_code)
        self.fund_code = fund_code


class BadPeriod(ValueError):
    """The envelope's months run backwards, or are no months. Expected."""

    def __init__(self, *, first_period: int, last_period: int) -> None:
        super().__init__(f"{first_period} to {last_period}")
        self.first_period = first_period
        self.last_period = last_period


class PurposeMissing(ValueError):
    """An envelope without a purpose. Expected: the form asks for one."""


class StillOpen(ValueError):
    """An allocation that can't be closed yet: money is with the partner or documents wait. Expected. In grosze."""

    def __init__(self, *, with_partner_minor: int, pending_minor: int) -> None:
        super().__init__(f"{with_partner_minor} with the partner, {pending_minor} in documents to decide")
        self.with_partner_minor = with_partner_minor
        self.pending_minor = pending_minor


class StillReserved(ValueError):
    """An allocation that can't be closed yet: goods are kept for it. Expected. `lots` names them, `units` sums them up."""

    def __init__(self, *, units: int, lots: Iterable[int]) -> None:
        self.units = units
        self.lots = tuple(lots)
        super().__init__(f"{units} units of lots {self.lots} are reserved")


@transaction.atomic
def draft_allocation(
    *,
    fund_code: str,
    partner_code: str | None,
    region_code: str,
    first_period: int,
    last_period: int,
    amount_minor: int,
    purpose: str,
    actor: User,
    reason: str,
    now: datetime,
    request_key: str | None = None,
) -> Allocation:
    """Prepares an envelope of `amount_minor` grosze; `partner_code` None means ourselves. Nothing is set aside yet.

    Raises FundNotForAid, BadPeriod, NotPositive, PurposeMissing, TextError, ReasonMissing, RequestKeyReused, NoAgreement
    (with the partner, today, for the fund), and DoesNotExist for an unknown partner or region.
    """
    reason = require_reason(reason)
    asked = envelope_fields(
        fund_code=fund_code,
        partner_code=partner_code,
        region_code=region_code,
        first_period=first_period,
        last_period=last_period,
        amount_minor=amount_minor,
        purpose=purpose,
        now=now,
    ) | {"prepared_by": actor}
    key = request_key or f"draft:{uuid4()}"
    allocation, made = Allocation.objects.get_or_create(request_key=key, defaults={**asked, "prepared_at": now})
    if not made:
        same_or_refuse(allocation, request_key=key, **asked)
        return allocation
    note(allocation, act="allocation.drafted", actor=actor, reason=reason, now=now, amount_minor=amount_minor)
    return allocation


def envelope_fields(
    *,
    fund_code: str,
    partner_code: str | None,
    region_code: str,
    first_period: int,
    last_period: int,
    amount_minor: int,
    purpose: str,
    now: datetime,
) -> dict[str, Any]:
    """What a new envelope's row keeps of what was typed; the amount in grosze. Raises what draft_allocation raises."""
    require_positive(amount_minor=amount_minor)
    _check_periods(first_period, last_period)
    if not Fund.objects.filter(code=fund_code).exclude(code="ADMIN").exists():
        raise FundNotForAid(fund_code=fund_code)
    partner = Partner.objects.get(code=partner_code, active=True) if partner_code else None
    if partner:
        require_agreement(partner=partner, fund_code=fund_code, day=warsaw_day(now))
    return {
        "fund_code": fund_code,
        "partner": partner,
        "region": Region.objects.get(code=region_code),
        "first_period": first_period,
        "last_period": last_period,
        "amount_minor": amount_minor,
        "purpose": _purpose(purpose),
    }


@transaction.atomic
def approve_allocation(*, allocation_id: int, actor: User, reason: str, now: datetime) -> Allocation:
    """Approves the envelope and sets its amount aside in the fund. Again by the same person: nothing more happens.

    Raises SamePerson, PartOfPartner, NoAgreement, OverCap, FundShort, WrongState (an emergency is countersigned
    instead), ReasonMissing.
    """
    reason = require_reason(reason)
    allocation = lock_allocation(allocation_id=allocation_id)
    if allocation.state == AllocationState.APPROVED and allocation.decided_by_id == actor.pk:
        return allocation
    if allocation.state != AllocationState.DRAFTED:
        raise WrongState(subject=str(allocation), state=allocation.state)
    require_decider(allocation, actor=actor, now=now)
    set_aside(allocation, now=now)
    _decide(allocation, to=AllocationState.APPROVED, actor=actor, now=now)
    entries = [entry for entry in [allocation.commitment_entry_id] if entry]
    note(allocation, act="allocation.approved", actor=actor, reason=reason, now=now, entries=entries)
    return allocation


def set_aside(allocation: Allocation, *, now: datetime) -> None:
    """Books the commitment under the agreement in force, if the fund has the money, and keeps what the check saw.

    Raises NoAgreement, OverCap, FundShort.
    """
    amount = allocation.amount_minor
    if allocation.partner:
        allocation.agreement = agreement_for(
            partner=allocation.partner, fund_code=allocation.fund_code, amount_minor=amount, day=warsaw_day(now)
        )
    seen = lock_and_see(fund_code=allocation.fund_code)
    if seen.available_minor < amount:
        raise FundShort(seen.available_minor, fund_code=allocation.fund_code, wanted=amount)
    allocation.commitment_entry_id = commit_money(allocation=allocation, now=now)
    allocation.available_seen_minor = seen.available_minor
    allocation.decision_snapshot = seen.snapshot


@transaction.atomic
def reject_allocation(*, allocation_id: int, actor: User, reason: str, now: datetime) -> Allocation:
    """Refuses the envelope. Raises SamePerson, PartOfPartner, WrongState, ReasonMissing."""
    reason = require_reason(reason)
    allocation = lock_allocation(allocation_id=allocation_id)
    if allocation.state == AllocationState.REJECTED and allocation.decided_by_id == actor.pk:
        return allocation
    _require_move(allocation, to=AllocationState.REJECTED)
    require_decider(allocation, actor=actor, now=now)
    _decide(allocation, to=AllocationState.REJECTED, actor=actor, now=now)
    note(allocation, act="allocation.rejected", actor=actor, reason=reason, now=now)
    return allocation


@transaction.atomic
def close_allocation(*, allocation_id: int, actor: User, reason: str, now: datetime) -> Allocation:
    """Closes the envelope and gives what was not used back to the fund.

    Goods are not released by the way: whether they are still handed on is somebody's decision. Raises StillOpen,
    StillReserved, WrongState, ReasonMissing.
    """
    reason = require_reason(reason)
    allocation = lock_allocation(allocation_id=allocation_id)
    if allocation.state == AllocationState.CLOSED and allocation.closed_by_id == actor.pk:
        return allocation
    _require_move(allocation, to=AllocationState.CLOSED)
    used = envelope(allocation=allocation)
    if used.with_partner_minor or used.pending_minor:
        raise StillOpen(with_partner_minor=used.with_partner_minor, pending_minor=used.pending_minor)
    if kept := reserved_in(allocation_id=allocation.pk):
        raise StillReserved(units=sum(row.units for row in kept), lots=[row.lot_id for row in kept])
    left = used.committed_minor
    entries = []
    if left:
        parts = [(allocation.fund_code, left)]
        reference = f"release:allocation:{allocation.pk}"
        entries.append(release_money(reference=reference, parts=parts, event_at=now, now=now))
        allocation.closing_entry_id = entries[0]
    allocation.state = AllocationState.CLOSED
    allocation.closed_by = actor
    allocation.closed_at = now
    allocation.save()
    note(allocation, act="allocation.closed", actor=actor, reason=reason, now=now, entries=entries, amount_minor=left)
    return allocation


def reopen(allocation: Allocation, *, actor: User, reason: str, now: datetime) -> None:
    """A closed envelope whose partner holds money again: nothing more is paid from it, but that is accounted for."""
    if allocation.state != AllocationState.CLOSED:
        return
    allocation.state = AllocationState.STOPPED
    allocation.closed_by = allocation.closed_at = allocation.closing_entry = None
    allocation.save()
    record(actor=actor, act="allocation.reopened", subject=str(allocation), reason=reason, now=now)


def lock_allocation(*, allocation_id: int) -> Allocation:
    """The allocation, its row locked until the database transaction ends. Raises DoesNotExist."""
    return lock_allocations(allocation_ids=[allocation_id])[allocation_id]


def lock_allocations(*, allocation_ids: Iterable[int]) -> dict[int, Allocation]:
    """Several allocations, locked in the order of their ids so that nobody waits in a circle. Raises DoesNotExist."""
    wanted = set(allocation_ids)
    rows = Allocation.objects.select_for_update(of=("self",)).select_related("partner").filter(pk__in=wanted)
    found = {row.pk: row for row in rows.order_by("pk")}
    if wanted - found.keys():
        raise Allocation.DoesNotExist(f"no allocation {sorted(wanted - found.keys())}")
    return found


def note(
    allocation: Allocation,
    *,
    act: str,
    actor: User,
    reason: str,
    now: datetime,
    entries: Iterable[int] = (),
    **facts: int | str,
) -> None:
    """Adds an act to the allocation's trail, with the ledger entries it made."""
    record(
        actor=actor,
        act=act,
        subject=f"allocation:{allocation.pk}",
        reason=reason,
        now=now,
        facts={"entries": list(entries), **facts},
    )


def _check_periods(first_period: int, last_period: int) -> None:
    try:
        period_start(first_period)
        period_start(last_period)
        fits = first_period <= last_period
    except ValueError:
        fits = False
    if not fits:
        raise BadPeriod(first_period=first_period, last_period=last_period)


def _purpose(text: str) -> str:
    cleaned = clean_line(text, max_length=300)
    if not cleaned:
        raise PurposeMissing
    return cleaned


def _require_move(allocation: Allocation, *, to: AllocationState) -> None:
    if to not in MOVES[AllocationState(allocation.state)]:
        raise WrongState(subject=str(allocation), state=allocation.state)


def require_decider(allocation: Allocation, *, actor: User, now: datetime) -> None:
    """Raises SamePerson, PartOfPartner."""
    require_another(subject=str(allocation), prepared_by_id=allocation.prepared_by_id, actor=actor)
    require_no_part(partner=allocation.partner, actor=actor, now=now)


def _decide(allocation: Allocation, *, to: AllocationState, actor: User, now: datetime) -> None:
    allocation.state = to
    allocation.decided_by = actor
    allocation.decided_at = now
    allocation.save()
