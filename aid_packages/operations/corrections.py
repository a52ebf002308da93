"""Correction invoices: a document that says by how much another one was too low or too high."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from aid_packages.models import (
    Allocation,
    DocumentFunder,
    DocumentSplit,
    DocumentState,
    EvidenceGrade,
    Purchase,
    Settles,
    SpendingDocument,
)
from aid_packages.operations.allocations import lock_allocations
from aid_packages.operations.documents import (
    Funder,
    NumberMissing,
    Split,
    note_document,
    number_key,
    require_room,
    require_state,
    require_unique,
)
from aid_packages.operations.refusals import WrongState, require_reason, same_or_refuse
from aid_packages.queries.corrections import borne
from aid_packages.queries.day import warsaw_day
from core.models import User
from core.text import clean_line


class NotCorrectable(ValueError):
    """A correction corrects an invoice, never another correction. Expected: the page offers it for neither."""


class BadDifference(ValueError):
    """No difference, differences that point both ways, or one of an allocation that pays nothing of it. Expected."""


class BelowNothing(ValueError):
    """More is taken off than was counted. Expected. `left_minor` and `wanted_minor` in grosze, both positive."""

    def __init__(self, *, left_minor: int, wanted_minor: int) -> None:
        super().__init__(f"{left_minor} is counted, {wanted_minor} is to be taken off")
        self.left_minor = left_minor
        self.wanted_minor = wanted_minor


class AllocationNotOpen(WrongState):
    """A correction that adds something to an allocation from which nothing more is paid. Expected: it came late.

    What was added is recorded as a document of an allocation that is open.
    """


class CorrectionTooEarly(ValueError):
    """A correction dated before its document, or in the future. Expected: a typing mistake."""


class StillCorrected(ValueError):
    """A document of which a correction counts, or waits to be decided: that one first. Expected."""


@transaction.atomic
def record_correction(
    *,
    document_id: int,
    number: str,
    issued_on: date,
    differences: Sequence[Split],
    actor: User,
    reason: str,
    request_key: str,
    now: datetime,
    funders: Sequence[Funder] = (),
    grade: EvidenceGrade = EvidenceGrade.INVOICE_SEEN,
    due_on: date | None = None,
) -> SpendingDocument:
    """Records a correction invoice of an accepted document; another person accepts it, and it is booked as a difference.

    `differences` say in grosze, above or below zero, by how much each allocation pays more or less; `funders` the same of
    the other funders. The same request key again gives the same document. Raises WrongState (the document doesn't count),
    AllocationNotOpen (one that would pay more), NotCorrectable, BadDifference, BelowNothing, OverEnvelope,
    CorrectionTooEarly, NumberMissing, DuplicateDocument, RequestKeyReused, ReasonMissing, TextError.
    """
    reason = require_reason(reason)
    corrected = lock_corrected(document_id)
    parts = _parts(differences)
    others = _others(funders)
    own_share = sum(parts.values())
    fields = {
        "corrects_id": document_id,
        "number": _number(number),
        "issued_on": issued_on,
        "total_minor": own_share + sum(others.values()),
        "own_share_minor": own_share,
    }
    allocations = lock_allocations(allocation_ids=parts)
    standing = SpendingDocument.objects.filter(request_key=request_key).first()
    if standing:
        same_or_refuse(standing, request_key=request_key, **fields)
        return standing
    if corrected.is_correction:
        raise NotCorrectable
    if not corrected.issued_on <= issued_on <= warsaw_day(now):
        raise CorrectionTooEarly
    require_correctable(corrected, parts=parts, others=others, allocations=allocations, with_undecided=True)
    correction = _written(corrected, fields, grade=grade, actor=actor, request_key=request_key, now=now)
    _write_parts(correction, corrected, parts=parts, others=others, due_on=due_on)
    facts = {"corrects": corrected.pk, "amount_minor": own_share}
    note_document(correction, act="document.recorded", actor=actor, reason=reason, now=now, **facts)
    return correction


def _written(
    corrected: SpendingDocument,
    fields: dict[str, Any],
    *,
    grade: EvidenceGrade,
    actor: User,
    request_key: str,
    now: datetime,
) -> SpendingDocument:
    """The correction's row, of the same issuer and allocation. Raises DuplicateDocument."""
    issuer = {name: getattr(corrected, name) for name in ("issuer_country", "issuer_nip", "issuer_id")}
    key = number_key(fields["number"])
    require_unique(issuer=issuer, key=key)
    return SpendingDocument.objects.create(
        **fields,
        **issuer,
        allocation_id=corrected.allocation_id,
        settles=corrected.settles,
        number_key=key,
        issuer_name=corrected.issuer_name,
        grade=grade,
        request_key=request_key,
        recorded_by=actor,
        recorded_at=now,
    )


def lock_corrected(document_id: int) -> SpendingDocument:
    """The corrected document, locked before its allocations: whoever takes it back, or corrects it too, waits."""
    return SpendingDocument.objects.select_for_update(of=("self",)).get(pk=document_id)


def require_correctable(
    corrected: SpendingDocument,
    *,
    parts: Mapping[int, int],
    others: Mapping[str, int],
    allocations: Mapping[int, Allocation],
    with_undecided: bool,
) -> None:
    """Raises what record_correction raises of sums and states.

    `with_undecided`: also what other corrections would take off, that nobody has decided yet.
    """
    if corrected.state != DocumentState.ACCEPTED:
        raise WrongState(subject=str(corrected), state=corrected.state)
    settles = Settles(corrected.settles)
    counted = borne(document_id=corrected.pk, with_undecided=with_undecided)
    for allocation_id, amount in parts.items():
        if allocation_id not in counted.by_allocation:
            raise BadDifference
        if amount > 0:
            _require_open(settles, allocations[allocation_id])
            require_room(settles, allocations[allocation_id], amount_minor=amount)
        _require_left(counted.by_allocation[allocation_id], amount)
    for name, amount in others.items():
        _require_left(counted.by_funder.get(name, 0), amount)


def require_uncorrected(document: SpendingDocument) -> None:
    """Raises StillCorrected while a correction of the document counts or waits. The document has to be locked."""
    gone = [DocumentState.REJECTED, DocumentState.REVERSED]
    if document.corrections.exclude(state__in=gone).exists():
        raise StillCorrected


def _require_open(settles: Settles, allocation: Allocation) -> None:
    try:
        require_state(settles, allocation)
    except WrongState as closed:
        raise AllocationNotOpen(subject=closed.subject, state=closed.state) from closed


def _require_left(counted_minor: int, amount_minor: int) -> None:
    if counted_minor + amount_minor < 0:
        raise BelowNothing(left_minor=max(0, counted_minor), wanted_minor=-amount_minor)


def _parts(differences: Sequence[Split]) -> dict[int, int]:
    """Allocation -> grosze. All above zero or all below: what moves between funds is no correction of an invoice."""
    parts = {part.allocation_id: part.amount_minor for part in differences}
    signs = {amount > 0 for amount in parts.values()}
    if len(parts) != len(differences) or len(signs) != 1 or 0 in parts.values():
        raise BadDifference
    return parts


def _others(funders: Sequence[Funder]) -> dict[str, int]:
    others = {clean_line(funder.name, max_length=120): funder.amount_minor for funder in funders}
    if len(others) != len(funders) or "" in others or 0 in others.values():
        raise BadDifference
    return others


def _number(text: str) -> str:
    cleaned = clean_line(text, max_length=60)
    if not cleaned:
        raise NumberMissing
    return cleaned


def _write_parts(
    correction: SpendingDocument,
    corrected: SpendingDocument,
    *,
    parts: Mapping[int, int],
    others: Mapping[str, int],
    due_on: date | None,
) -> None:
    DocumentSplit.objects.bulk_create(
        DocumentSplit(document=correction, allocation_id=allocation_id, amount_minor=amount)
        for allocation_id, amount in parts.items()
    )
    DocumentFunder.objects.bulk_create(
        DocumentFunder(document=correction, name=name, amount_minor=amount) for name, amount in others.items()
    )
    if correction.settles == Settles.PURCHASE:
        payee = Purchase.objects.values_list("payee", flat=True).get(document=corrected)
        Purchase.objects.create(document=correction, payee=payee, due_on=due_on)
