"""Taking back what was wrongly counted as spent: a mirrored entry, on one person's proposal and another's word."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from aid_packages.models import (
    SPENDABLE,
    Advance,
    Allocation,
    DocumentState,
    Grant,
    Partner,
    ProposalState,
    Settles,
    SpendingDocument,
    SpendingReversal,
)
from aid_packages.operations.allocations import lock_allocations, reopen
from aid_packages.operations.booking import book_move, commit_again, release_money
from aid_packages.operations.corrections import lock_corrected, require_uncorrected
from aid_packages.operations.documents import require_room, require_state
from aid_packages.operations.proposals import (
    decide,
    is_decided_so,
    lock_proposal,
    note_proposal,
    require_decidable,
)
from aid_packages.operations.refusals import WrongState, require_no_part, require_reason, same_or_refuse
from core.models import User
from core.trail import record
from ledger import accounts
from ledger.models import EntryKind
from ledger.operations import lock_funds, reverse

Booked = list[int]


@transaction.atomic
def propose_document_reversal(
    *, document_id: int, actor: User, reason: str, request_key: str, now: datetime
) -> SpendingReversal:
    """Proposes to take back an accepted document. Nothing is booked; the same request key again gives the same proposal.

    Raises WrongState (not accepted, or proposed already), StillCorrected, PartOfPartner, RequestKeyReused, ReasonMissing.
    """
    document = SpendingDocument.objects.select_for_update(of=("self",)).get(pk=document_id)
    if document.state != DocumentState.ACCEPTED:
        raise WrongState(subject=str(document), state=document.state)
    require_uncorrected(document)
    return _propose(document=document, actor=actor, reason=reason, request_key=request_key, now=now)


@transaction.atomic
def propose_grant_reversal(
    *, grant_id: int, actor: User, reason: str, request_key: str, now: datetime
) -> SpendingReversal:
    """Proposes to take back a grant: its money becomes an advance, to be accounted for or returned.

    Raises WrongState (proposed or taken back already), PartOfPartner, RequestKeyReused, ReasonMissing.
    """
    grant = Grant.objects.get(pk=grant_id)
    lock_allocations(allocation_ids=[grant.allocation_id])
    return _propose(grant=grant, actor=actor, reason=reason, request_key=request_key, now=now)


@transaction.atomic
def approve_reversal(*, reversal_id: int, actor: User, reason: str, now: datetime) -> SpendingReversal:
    """Books the mirrored entry, sets the money aside again where the envelope still holds it, and says so in the trail.

    An envelope that was closed is opened again as stopped where the partner holds money again: it is returned or accounted
    for. Again by the same person: nothing more happens. Raises SamePerson, PartOfPartner, WrongState, StillCorrected,
    OverEnvelope (a correction that took something off, which was used since), ReasonMissing.
    """
    reason = require_reason(reason)
    reversal = lock_proposal(SpendingReversal, proposal_id=reversal_id)
    if is_decided_so(reversal, to=ProposalState.APPROVED, actor=actor):
        return reversal
    require_decidable(reversal, actor=actor)
    require_no_part(partner=_partner(reversal), actor=actor, now=now)
    book: Callable[..., Booked] = _take_back_grant if reversal.grant_id else _take_back_document
    entries = book(reversal, actor=actor, reason=reason, now=now)
    decide(reversal, to=ProposalState.APPROVED, actor=actor, now=now, entry_id=entries[0])
    note_proposal(reversal, act="reversal.approved", actor=actor, reason=reason, now=now, entries=entries)
    return reversal


@transaction.atomic
def refuse_reversal(*, reversal_id: int, actor: User, reason: str, now: datetime) -> SpendingReversal:
    """Refuses the proposal: what was accepted stays. Raises SamePerson, PartOfPartner, WrongState, ReasonMissing."""
    reason = require_reason(reason)
    reversal = lock_proposal(SpendingReversal, proposal_id=reversal_id)
    if is_decided_so(reversal, to=ProposalState.REFUSED, actor=actor):
        return reversal
    require_decidable(reversal, actor=actor)
    require_no_part(partner=_partner(reversal), actor=actor, now=now)
    decide(reversal, to=ProposalState.REFUSED, actor=actor, now=now)
    note_proposal(reversal, act="reversal.refused", actor=actor, reason=reason, now=now)
    return reversal


def _propose(
    *,
    actor: User,
    reason: str,
    request_key: str,
    now: datetime,
    document: SpendingDocument | None = None,
    grant: Grant | None = None,
) -> SpendingReversal:
    reason = require_reason(reason)
    standing = SpendingReversal.objects.filter(request_key=request_key).first()
    if standing:
        same_or_refuse(standing, request_key=request_key, document=document, grant=grant)
        return standing
    other = SpendingReversal.objects.filter(document=document, grant=grant).exclude(state=ProposalState.REFUSED).first()
    if other:
        raise WrongState(subject=str(other), state=other.state)
    subject = document or grant
    assert subject is not None  # one of the two
    require_no_part(partner=subject.allocation.partner, actor=actor, now=now)
    reversal = SpendingReversal.objects.create(
        document=document, grant=grant, request_key=request_key, proposed_by=actor, proposed_at=now
    )
    note_proposal(reversal, act="reversal.proposed", actor=actor, reason=reason, now=now, subject=str(subject))
    return reversal


def _take_back_document(reversal: SpendingReversal, *, actor: User, reason: str, now: datetime) -> Booked:
    document = SpendingDocument.objects.select_for_update(of=("self",)).get(pk=reversal.document_id)
    if document.state != DocumentState.ACCEPTED or document.entry_id is None:
        raise WrongState(subject=str(document), state=document.state)
    require_uncorrected(document)
    if document.corrects_id:
        lock_corrected(document.corrects_id)
    parts = {split.allocation_id: split.amount_minor for split in document.splits.all()}
    allocations = lock_allocations(allocation_ids=parts)
    _require_there(document, parts, allocations)
    lock_funds(codes={allocation.fund_code for allocation in allocations.values()})
    entries = [_mirror(document.entry_id, reference=f"reversal:{document}", now=now)]
    held_again = document.settles == Settles.ADVANCE
    again = [
        (allocations[allocation_id].fund_code, amount)
        for allocation_id, amount in parts.items()
        if held_again or allocations[allocation_id].state in SPENDABLE
    ]
    if again:
        reversal.recommitment_entry_id = _set_aside(document, again, now=now)
        entries.append(reversal.recommitment_entry_id)
    if held_again:
        for allocation in allocations.values():
            reopen(allocation, actor=actor, reason=reason, now=now)
    document.state = DocumentState.REVERSED
    document.save()
    facts = {"entries": entries, "allocation": document.allocation_id}
    record(actor=actor, act="document.reversed", subject=str(document), reason=reason, now=now, facts=facts)
    return entries


def _require_there(document: SpendingDocument, parts: Mapping[int, int], allocations: Mapping[int, Allocation]) -> None:
    """What a correction took off is spent again when it is taken back: it has to be there still."""
    settles = Settles(document.settles)
    for allocation_id, amount in parts.items():
        if amount < 0:
            require_state(settles, allocations[allocation_id])
            require_room(settles, allocations[allocation_id], amount_minor=-amount)


def _set_aside(document: SpendingDocument, parts: Sequence[tuple[str, int]], *, now: datetime) -> int:
    """Sets aside again what was spent, or releases what a correction had set aside; gives the entry's id."""
    reference = f"recommitment:{document}"
    if document.own_share_minor > 0:
        return commit_again(reference=reference, parts=parts, now=now)
    taken_off = [(fund_code, -amount) for fund_code, amount in parts]
    return release_money(reference=reference, parts=taken_off, event_at=now, now=now)


def _take_back_grant(reversal: SpendingReversal, *, actor: User, reason: str, now: datetime) -> Booked:
    grant = Grant.objects.select_related("allocation__partner").get(pk=reversal.grant_id)
    allocation = lock_allocations(allocation_ids=[grant.allocation_id])[grant.allocation_id]
    partner = allocation.partner
    assert partner is not None  # a grant goes to a partner
    lock_funds(codes=[allocation.fund_code])
    entries = [_mirror(grant.entry_id, reference=f"reversal:{grant}", now=now)]
    parts = [(allocation.fund_code, grant.amount_minor)]
    reversal.recommitment_entry_id = commit_again(reference=f"recommitment:{grant}", parts=parts, now=now)
    entries.append(reversal.recommitment_entry_id)
    # The bank has not got the money back: the mirror says so for an instant, and the advance says where it is.
    entries.append(_claim(grant, partner, actor=actor, now=now))
    reopen(allocation, actor=actor, reason=reason, now=now)
    facts = {"entries": entries, "grant": grant.pk}
    subject = f"allocation:{allocation.pk}"
    record(actor=actor, act="grant.reversed", subject=subject, reason=reason, now=now, facts=facts)
    return entries


def _claim(grant: Grant, partner: Partner, *, actor: User, now: datetime) -> int:
    """What was granted is an advance from now on; gives the entry's id."""
    key = f"claim:{grant}"
    entry_id = book_move(
        reference=f"advance:{key}",
        kind=EntryKind.ADVANCE,
        debit=accounts.advance(partner.code),
        credit=accounts.BANK,
        amount_minor=grant.amount_minor,
        event_at=now,
        now=now,
    )
    Advance.objects.create(
        allocation_id=grant.allocation_id,
        amount_minor=grant.amount_minor,
        paid_by=actor,
        event_at=now,
        booked_at=now,
        request_key=key,
        entry_id=entry_id,
    )
    return entry_id


def _mirror(entry_id: int, *, reference: str, now: datetime) -> int:
    return reverse(entry_id=entry_id, reference=reference, event_at=now, now=now).entry_id


def _partner(reversal: SpendingReversal) -> Partner | None:
    subject = reversal.document or reversal.grant
    return subject.allocation.partner if subject else None
