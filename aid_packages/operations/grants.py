"""Paying a final grant: spent when it leaves the bank, with an attestation behind it."""

from datetime import datetime

from django.db import transaction

from aid_packages.models import Allocation, EvidenceGrade, Grant
from aid_packages.operations.advances import NoPartner, OverEnvelope, require_countersigned_in_time, require_open
from aid_packages.operations.agreements import require_agreement
from aid_packages.operations.allocations import lock_allocation, note
from aid_packages.operations.booking import book_spending, release_money, require_in_bank, require_no_deficit
from aid_packages.operations.refusals import (
    require_another,
    require_no_part,
    require_past,
    require_positive,
    require_reason,
    same_or_refuse,
)
from aid_packages.queries.day import warsaw_day
from aid_packages.queries.envelope import envelope
from core.models import User
from core.text import clean_line
from ledger import accounts
from ledger.models import EntryKind


class AttestationMissing(ValueError):
    """A grant without the paper that stands behind it. Expected: the form asks for it."""


@transaction.atomic
def pay_grant(
    *,
    allocation_id: int,
    amount_minor: int,
    grade: EvidenceGrade,
    attestation: str,
    actor: User,
    reason: str,
    event_at: datetime,
    request_key: str,
    now: datetime,
) -> Grant:
    """Books `amount_minor` grosze paid from our bank account to the partner for good: spent at once, nothing to settle.

    Since no document follows that another person would accept, nobody pays a grant from an envelope they prepared. The
    same request key again gives the same grant. Raises NotPositive, FutureEvent, AttestationMissing, NoPartner,
    WrongState, CountersignatureOverdue, SamePerson, PartOfPartner, NoAgreement, OverEnvelope, FundShort, BankShort,
    RequestKeyReused, ReasonMissing, TextError.
    """
    reason = require_reason(reason)
    require_positive(amount_minor=amount_minor)
    require_past(event_at=event_at, now=now)
    paper = clean_line(attestation, max_length=120)
    if not paper:
        raise AttestationMissing
    allocation = lock_allocation(allocation_id=allocation_id)
    paid = Grant.objects.filter(request_key=request_key).first()
    if paid:
        asked = {"allocation_id": allocation_id, "amount_minor": amount_minor, "attestation": paper}
        same_or_refuse(paid, request_key=request_key, **asked)
        return paid
    _require_payable(allocation, amount_minor=amount_minor, actor=actor, event_at=event_at, now=now)
    entries = _book(allocation, amount_minor=amount_minor, reference=f"grant:{request_key}", event_at=event_at, now=now)
    paid = Grant.objects.create(
        allocation=allocation,
        amount_minor=amount_minor,
        grade=grade,
        attestation=paper,
        paid_by=actor,
        event_at=event_at,
        booked_at=now,
        request_key=request_key,
        entry_id=entries[0],
    )
    note(allocation, act="grant.paid", actor=actor, reason=reason, now=now, entries=entries, amount_minor=amount_minor)
    return paid


def _require_payable(
    allocation: Allocation, *, amount_minor: int, actor: User, event_at: datetime, now: datetime
) -> None:
    """The rules of paying out for good, people first, then money."""
    if allocation.partner is None:
        raise NoPartner
    require_open(allocation)
    require_countersigned_in_time(allocation, now=now)
    require_another(subject=str(allocation), prepared_by_id=allocation.prepared_by_id, actor=actor)
    require_no_part(partner=allocation.partner, actor=actor, now=now)
    require_agreement(partner=allocation.partner, fund_code=allocation.fund_code, day=warsaw_day(event_at))
    left = envelope(allocation=allocation).free_minor
    if amount_minor > left:
        raise OverEnvelope(left=left, wanted=amount_minor)
    require_no_deficit(parts=[(allocation.fund_code, amount_minor)])
    require_in_bank(amount_minor=amount_minor)


def _book(allocation: Allocation, *, amount_minor: int, reference: str, event_at: datetime, now: datetime) -> list[int]:
    """GRANT and RELEASE; gives the entries' ids."""
    parts = [(allocation.fund_code, amount_minor)]
    entry_id = book_spending(
        reference=reference, kind=EntryKind.GRANT, parts=parts, credit=accounts.BANK, now=now, event_at=event_at
    )
    return [entry_id, release_money(reference=f"release:{reference}", parts=parts, event_at=event_at, now=now)]
