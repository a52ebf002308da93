"""Accepting, querying and rejecting documents: always another person than the one who recorded them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from aid_packages.models import SPENDABLE, Allocation, DocumentState, EvidenceGrade, Settles, SpendingDocument
from aid_packages.operations.allocations import lock_allocations, reopen
from aid_packages.operations.booking import book_spending, commit_again, release_money, require_no_deficit
from aid_packages.operations.corrections import lock_corrected, require_correctable
from aid_packages.operations.documents import note_document, require_room, require_state
from aid_packages.operations.refusals import WrongState, require_another, require_no_part, require_reason
from core.models import User
from ledger import accounts
from ledger.models import EntryKind
from ledger.operations import lock_funds

MOVES: Mapping[DocumentState, frozenset[DocumentState]] = {
    DocumentState.RECORDED: frozenset({DocumentState.ACCEPTED, DocumentState.QUERIED, DocumentState.REJECTED}),
    DocumentState.QUERIED: frozenset({DocumentState.ANSWERED, DocumentState.ACCEPTED, DocumentState.REJECTED}),
    DocumentState.ANSWERED: frozenset({DocumentState.QUERIED, DocumentState.ACCEPTED, DocumentState.REJECTED}),
    DocumentState.ACCEPTED: frozenset({DocumentState.REVERSED}),
    DocumentState.REJECTED: frozenset(),
    DocumentState.REVERSED: frozenset(),
}
"""The transition table of documents."""


@transaction.atomic
def accept_document(
    *, document_id: int, actor: User, reason: str, now: datetime, grade: EvidenceGrade | None = None
) -> SpendingDocument:
    """Accepts the document: its share is spent, and no longer set aside. `grade` may be raised here for the last time.

    Of a correction the difference is. A second call by the same person changes nothing. Raises SamePerson, PartOfPartner,
    WrongState, OverEnvelope, BelowNothing (a correction), FundShort (refunds have left a deficit in a fund), ReasonMissing.
    """
    reason = require_reason(reason)
    document = _lock(document_id)
    if document.state == DocumentState.ACCEPTED and document.decided_by_id == actor.pk:
        return document
    _require_decider(document, to=DocumentState.ACCEPTED, actor=actor, now=now)
    settles = Settles(document.settles)
    corrected = lock_corrected(document.corrects_id) if document.corrects_id else None
    splits = {split.allocation_id: split.amount_minor for split in document.splits.all()}
    allocations = lock_allocations(allocation_ids=splits)
    if corrected is not None:
        others = dict(document.funders.values_list("name", "amount_minor"))
        require_correctable(corrected, parts=splits, others=others, allocations=allocations, with_undecided=False)
    else:
        for allocation_id, amount in splits.items():
            require_state(settles, allocations[allocation_id])
            require_room(settles, allocations[allocation_id], amount_minor=amount)
    parts = [(allocations[allocation_id].fund_code, amount) for allocation_id, amount in splits.items()]
    if document.own_share_minor > 0:
        require_no_deficit(parts=parts)
    else:
        lock_funds(codes={fund_code for fund_code, _amount in parts})  # what comes off is set aside again
    document.entry_id = book_spending(
        reference=f"{'settlement' if settles == Settles.ADVANCE else 'purchase'}:{document.pk}",
        kind=EntryKind.SETTLEMENT if settles == Settles.ADVANCE else EntryKind.PURCHASE,
        parts=parts,
        credit=_credit(settles, allocations[next(iter(splits))]),
        now=now,
    )
    entries = [document.entry_id]
    if document.own_share_minor > 0:
        entries.append(release_money(reference=f"release:document:{document.pk}", parts=parts, event_at=now, now=now))
    else:
        entries += _set_aside_again(document, splits, allocations, actor=actor, reason=reason, now=now)
    document.grade = grade or document.grade
    _decide(document, to=DocumentState.ACCEPTED, actor=actor, now=now)
    note_document(document, act="document.accepted", actor=actor, reason=reason, now=now, entries=entries)
    return document


@transaction.atomic
def query_document(*, document_id: int, actor: User, reason: str, now: datetime) -> SpendingDocument:
    """Asks a question (`reason`) about the document before deciding. Raises WrongState, TextError, ReasonMissing."""
    reason = require_reason(reason)
    document = _lock(document_id)
    _require_move(document, to=DocumentState.QUERIED)
    document.state = DocumentState.QUERIED
    document.question, document.answer = reason[:300], ""
    document.save()
    note_document(document, act="document.queried", actor=actor, reason=reason, now=now)
    return document


@transaction.atomic
def answer_document(*, document_id: int, actor: User, reason: str, now: datetime) -> SpendingDocument:
    """Answers (`reason`) the question that stands beside the document; the checker decides then, or asks again.

    Raises WrongState (no question stands), ReasonMissing, TextError.
    """
    reason = require_reason(reason)
    document = _lock(document_id)
    _require_move(document, to=DocumentState.ANSWERED)
    document.state = DocumentState.ANSWERED
    document.answer = reason[:300]
    document.save()
    note_document(document, act="document.answered", actor=actor, reason=reason, now=now)
    return document


@transaction.atomic
def reject_document(*, document_id: int, actor: User, reason: str, now: datetime) -> SpendingDocument:
    """Refuses the document; its number may be recorded anew.

    Raises SamePerson, PartOfPartner, WrongState, ReasonMissing.
    """
    reason = require_reason(reason)
    document = _lock(document_id)
    if document.state == DocumentState.REJECTED and document.decided_by_id == actor.pk:
        return document
    _require_decider(document, to=DocumentState.REJECTED, actor=actor, now=now)
    _decide(document, to=DocumentState.REJECTED, actor=actor, now=now)
    note_document(document, act="document.rejected", actor=actor, reason=reason, now=now)
    return document


def _lock(document_id: int) -> SpendingDocument:
    documents = SpendingDocument.objects.select_for_update(of=("self",)).select_related("allocation__partner")
    return documents.get(pk=document_id)


def _require_move(document: SpendingDocument, *, to: DocumentState) -> None:
    if to not in MOVES[DocumentState(document.state)]:
        raise WrongState(subject=str(document), state=document.state)


def _require_decider(document: SpendingDocument, *, to: DocumentState, actor: User, now: datetime) -> None:
    _require_move(document, to=to)
    require_another(subject=str(document), prepared_by_id=document.recorded_by_id, actor=actor)
    require_no_part(partner=document.allocation.partner, actor=actor, now=now)


def _decide(document: SpendingDocument, *, to: DocumentState, actor: User, now: datetime) -> None:
    document.state = to
    document.decided_by = actor
    document.decided_at = now
    document.save()


def _set_aside_again(
    document: SpendingDocument,
    splits: Mapping[int, int],
    allocations: Mapping[int, Allocation],
    *,
    actor: User,
    reason: str,
    now: datetime,
) -> list[int]:
    """What a correction took off is in the envelope again where that still holds money, or with the partner; the entries."""
    held_again = document.settles == Settles.ADVANCE
    again = [
        (allocations[allocation_id].fund_code, -amount)
        for allocation_id, amount in splits.items()
        if held_again or allocations[allocation_id].state in SPENDABLE
    ]
    if held_again:
        for allocation in allocations.values():
            reopen(allocation, actor=actor, reason=reason, now=now)
    return [commit_again(reference=f"recommitment:{document}:corrected", parts=again, now=now)] if again else []


def _credit(settles: Settles, allocation: Allocation) -> str:
    """What pays: the partner's advance, or a debt of ours."""
    if settles == Settles.PURCHASE or allocation.partner is None:
        return accounts.PAYABLE
    return accounts.advance(allocation.partner.code)
