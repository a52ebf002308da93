"""The emergency path: one person sets money aside at once, another countersigns within 72 hours."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from aid_packages.models import Allocation, AllocationState, Countersignature, CountersignOutcome
from aid_packages.operations.allocations import (
    envelope_fields,
    lock_allocation,
    note,
    require_decider,
    set_aside,
)
from aid_packages.operations.booking import release_money
from aid_packages.operations.refusals import WrongState, require_no_part, require_reason, same_or_refuse
from aid_packages.queries.envelope import envelope
from core.models import User
from ledger.operations import hold_for_posting

TIME_TO_COUNTERSIGN = timedelta(hours=72)


class OverEmergencyCap(ValueError):
    """More than one person may book alone, with what they booked and nobody countersigned yet. Expected. In grosze."""

    def __init__(self, *, left: int, wanted: int) -> None:
        super().__init__(f"{left} is left of the cap, {wanted} is wanted")
        self.left = left
        self.wanted = wanted


@transaction.atomic
def book_emergency(
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
    request_key: str,
) -> Allocation:
    """Sets `amount_minor` grosze aside at once; money may be paid from it, and a second person has 72 hours to sign.

    What one person has booked and nobody signed yet stays together within `settings.EMERGENCY_CAP_MINOR`. The same request
    key again gives the same envelope. Raises what draft_allocation raises, PartOfPartner (nobody books for their own
    organisation), OverEmergencyCap, OverCap, FundShort.
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
    _lock_emergencies()
    standing = Allocation.objects.filter(request_key=request_key).first()
    if standing:
        same_or_refuse(standing, request_key=request_key, **asked)
        return standing
    require_no_part(partner=asked["partner"], actor=actor, now=now)
    _require_within_cap(actor, amount_minor)
    allocation = Allocation.objects.create(
        **asked, request_key=request_key, prepared_at=now, countersign_until=now + TIME_TO_COUNTERSIGN
    )
    set_aside(allocation, now=now)
    allocation.state = AllocationState.EMERGENCY
    allocation.save()
    entries = [entry for entry in [allocation.commitment_entry_id] if entry]
    act = "allocation.emergency"
    note(allocation, act=act, actor=actor, reason=reason, now=now, entries=entries, amount_minor=amount_minor)
    return allocation


@transaction.atomic
def countersign_emergency(*, allocation_id: int, actor: User, reason: str, now: datetime) -> Allocation:
    """The second person's yes, also when it comes late: an approved envelope from now on. Again: nothing more happens.

    Raises SamePerson, PartOfPartner, WrongState, ReasonMissing.
    """
    reason = require_reason(reason)
    allocation = _lock_emergency(allocation_id, actor=actor, outcome=CountersignOutcome.SIGNED)
    if allocation.state != AllocationState.EMERGENCY:
        return allocation
    require_decider(allocation, actor=actor, now=now)
    _decide(allocation, to=AllocationState.APPROVED, actor=actor, now=now)
    _sign(allocation, outcome=CountersignOutcome.SIGNED, actor=actor, now=now)
    note(allocation, act="allocation.countersigned", actor=actor, reason=reason, now=now)
    return allocation


@transaction.atomic
def refuse_emergency(*, allocation_id: int, actor: User, reason: str, now: datetime) -> Allocation:
    """The second person's no: nothing more is paid out, and what is free goes back to the fund (RELEASE).

    What is with the partner stays set aside until it is returned or accounted for, document by document; what was granted
    or bought is spent, unless a reversal takes it back. Raises SamePerson, PartOfPartner, WrongState, ReasonMissing.
    """
    reason = require_reason(reason)
    allocation = _lock_emergency(allocation_id, actor=actor, outcome=CountersignOutcome.REFUSED)
    if allocation.state != AllocationState.EMERGENCY:
        return allocation
    require_decider(allocation, actor=actor, now=now)
    free = envelope(allocation=allocation).free_minor
    entries = []
    if free:
        parts = [(allocation.fund_code, free)]
        reference = f"release:refused:{allocation.pk}"
        entries.append(release_money(reference=reference, parts=parts, event_at=now, now=now))
    _decide(allocation, to=AllocationState.STOPPED, actor=actor, now=now)
    _sign(allocation, outcome=CountersignOutcome.REFUSED, actor=actor, now=now, entries=entries)
    act = "allocation.countersign_refused"
    note(allocation, act=act, actor=actor, reason=reason, now=now, entries=entries, amount_minor=free)
    return allocation


def _lock_emergency(allocation_id: int, *, actor: User, outcome: CountersignOutcome) -> Allocation:
    """The emergency, locked; one that the same person already decided so is let through to change nothing."""
    allocation = lock_allocation(allocation_id=allocation_id)
    same = Countersignature.objects.filter(allocation=allocation, signed_by=actor, outcome=outcome)
    if allocation.state != AllocationState.EMERGENCY and not same.exists():
        raise WrongState(subject=str(allocation), state=allocation.state)
    return allocation


def _decide(allocation: Allocation, *, to: AllocationState, actor: User, now: datetime) -> None:
    allocation.state = to
    allocation.decided_by = actor
    allocation.decided_at = now
    allocation.save()


def _sign(
    allocation: Allocation, *, outcome: CountersignOutcome, actor: User, now: datetime, entries: list[int] | None = None
) -> None:
    # Reports read these rows at their mark: the lock that posting takes keeps a lower id from being committed later.
    hold_for_posting()
    Countersignature.objects.create(
        allocation=allocation,
        outcome=outcome,
        signed_by=actor,
        signed_at=now,
        release_entry_id=entries[0] if entries else None,
    )


def _lock_emergencies() -> None:
    """Emergencies are booked one after another, so that two at once can't pass the cap together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('aid_packages.emergencies', 0))")


def _require_within_cap(actor: User, amount_minor: int) -> None:
    mine = Allocation.objects.filter(state=AllocationState.EMERGENCY, prepared_by=actor)
    left = settings.EMERGENCY_CAP_MINOR - (mine.aggregate(booked=Sum("amount_minor"))["booked"] or 0)
    if amount_minor > left:
        raise OverEmergencyCap(left=max(0, left), wanted=amount_minor)
