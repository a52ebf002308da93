"""Recording what was spent, document by document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from aid_packages.models import (
    Allocation,
    DocumentFunder,
    DocumentSplit,
    DocumentState,
    EvidenceGrade,
    Payee,
    Purchase,
    Settles,
    SpendingDocument,
)
from aid_packages.operations.advances import NoPartner, OverEnvelope, require_open, require_settling
from aid_packages.operations.allocations import lock_allocations
from aid_packages.operations.issuer import POLAND, Issuer, known_issuer
from aid_packages.operations.refusals import require_positive, require_reason, same_or_refuse
from aid_packages.queries.day import warsaw_day
from aid_packages.queries.envelope import envelope
from core.models import User
from core.text import clean_line
from core.trail import record


@dataclass(frozen=True)
class Split:
    """The part of a document, in grosze, that an allocation (and so its fund) pays."""

    allocation_id: int
    amount_minor: int


@dataclass(frozen=True)
class Funder:
    """Another organisation that paid a part of the document, in grosze."""

    name: str
    amount_minor: int


class NumberMissing(ValueError):
    """A document without a number. Expected: the form asks for one."""


class BadShare(ValueError):
    """Our share is more than the document's total, or its parts don't add up to it. Expected. In grosze."""

    def __init__(self, *, total_minor: int, own_share_minor: int, splits_minor: int) -> None:
        super().__init__(f"total {total_minor}, our share {own_share_minor}, parts {splits_minor}")
        self.total_minor = total_minor
        self.own_share_minor = own_share_minor
        self.splits_minor = splits_minor


class BadFunders(ValueError):
    """The other funders' shares don't make up what we don't pay, or one has no name or stands there twice. Expected.

    In grosze: `rest_minor` is what we don't pay of the document, `funders_minor` what the others are said to pay.
    """

    def __init__(self, *, rest_minor: int, funders_minor: int) -> None:
        super().__init__(f"{rest_minor} is not ours, the other funders pay {funders_minor}")
        self.rest_minor = rest_minor
        self.funders_minor = funders_minor


class OutsidePeriod(ValueError):
    """A document issued outside the months of the envelope, or in the future. Expected."""

    def __init__(self, *, issued_on: date, first_period: int, last_period: int) -> None:
        super().__init__(f"{issued_on} is not within {first_period} to {last_period}")
        self.issued_on = issued_on
        self.first_period = first_period
        self.last_period = last_period


class OtherPartner(ValueError):
    """A split over allocations of different partners: one document accounts for one partner's money. Expected."""


class DuplicateDocument(ValueError):
    """The issuer's NIP and number stand on another document already. Expected. `document_id` names that one."""

    def __init__(self, *, document_id: int) -> None:
        super().__init__(f"the same as document {document_id}")
        self.document_id = document_id


def record_document(
    *,
    allocation_id: int,
    issuer_nip: str,
    number: str,
    issued_on: date,
    total_minor: int,
    own_share_minor: int,
    actor: User,
    reason: str,
    request_key: str,
    now: datetime,
    splits: Sequence[Split] = (),
    grade: EvidenceGrade = EvidenceGrade.INVOICE_SEEN,
    issuer_name: str = "",
    issuer_country: str = POLAND,
    issuer_id: str = "",
    funders: Sequence[Funder] = (),
) -> SpendingDocument:
    """Records a document that accounts for an advance; another person accepts it. Amounts in grosze.

    Without `splits` all of our share falls on the allocation; `funders` name who paid the rest of the whole sum. A
    foreign issuer has no NIP but a country and a number there. Raises NotPositive, BadShare, BadFunders, BadNip,
    BadCountry, BadForeignId, NumberMissing, OutsidePeriod, NoPartner, OtherPartner, WrongState, OverEnvelope (more than
    the partner holds), DuplicateDocument, RequestKeyReused, ReasonMissing, TextError.
    """
    given = _Given(
        settles=Settles.ADVANCE,
        allocation_id=allocation_id,
        issuer_nip=issuer_nip,
        issuer_name=issuer_name,
        issuer_country=issuer_country,
        issuer_id=issuer_id,
        funders=funders,
        number=number,
        issued_on=issued_on,
        total_minor=total_minor,
        own_share_minor=own_share_minor,
        splits=splits,
        grade=grade,
        request_key=request_key,
    )
    return _record(given, actor=actor, reason=reason, now=now)


@transaction.atomic
def record_purchase(
    *,
    allocation_id: int,
    issuer_nip: str,
    number: str,
    issued_on: date,
    total_minor: int,
    own_share_minor: int,
    actor: User,
    reason: str,
    request_key: str,
    now: datetime,
    splits: Sequence[Split] = (),
    grade: EvidenceGrade = EvidenceGrade.INVOICE_SEEN,
    issuer_name: str = "",
    issuer_country: str = POLAND,
    issuer_id: str = "",
    funders: Sequence[Funder] = (),
    payee: Payee = Payee.ISSUER,
    due_on: date | None = None,
) -> Purchase:
    """Records our own (or a reimbursed) invoice: accepted by another person it is spent and owed, then it is paid.

    Who is reimbursed is named by a role, never as a person; a partner is, in an allocation of its own. Amounts in grosze;
    raises what record_document raises, and NoPartner where a partner is to be reimbursed from an allocation of ours.
    """
    given = _Given(
        settles=Settles.PURCHASE,
        allocation_id=allocation_id,
        issuer_nip=issuer_nip,
        issuer_name=issuer_name,
        issuer_country=issuer_country,
        issuer_id=issuer_id,
        funders=funders,
        number=number,
        issued_on=issued_on,
        total_minor=total_minor,
        own_share_minor=own_share_minor,
        splits=splits,
        grade=grade,
        request_key=request_key,
    )
    if payee == Payee.PARTNER and not Allocation.objects.filter(pk=allocation_id, partner__isnull=False).exists():
        raise NoPartner
    document = _record(given, actor=actor, reason=reason, now=now)
    purchase, made = Purchase.objects.get_or_create(document=document, defaults={"payee": payee, "due_on": due_on})
    if not made:
        same_or_refuse(purchase, request_key=request_key, payee=payee, due_on=due_on)
    return purchase


@dataclass(frozen=True)
class _Given:
    """A document as it was handed in."""

    settles: Settles
    allocation_id: int
    issuer_nip: str
    issuer_name: str
    issuer_country: str
    issuer_id: str
    number: str
    issued_on: date
    total_minor: int
    own_share_minor: int
    splits: Sequence[Split]
    funders: Sequence[Funder]
    grade: EvidenceGrade
    request_key: str

    @property
    def parts(self) -> list[Split]:
        """The splits; all of our share on the one allocation where none are named."""
        whole = Split(allocation_id=self.allocation_id, amount_minor=self.own_share_minor)
        return list(self.splits) or [whole]

    @property
    def others(self) -> dict[str, int]:
        """The other funders by name, in grosze. Raises BadFunders, TextError."""
        others = {clean_line(funder.name, max_length=120): funder.amount_minor for funder in self.funders}
        together, rest = sum(others.values()), self.total_minor - self.own_share_minor
        whole = together == rest and len(others) == len(self.funders) and "" not in others
        if not whole or any(amount <= 0 for amount in others.values()):
            raise BadFunders(rest_minor=rest, funders_minor=together)
        return others

    @property
    def issuer(self) -> Issuer:
        """Raises BadNip, BadCountry, BadForeignId."""
        return known_issuer(country=self.issuer_country, nip=self.issuer_nip, foreign_id=self.issuer_id)

    def fields(self) -> dict[str, Any]:
        """What the row keeps of it. Raises BadNip, BadCountry, BadForeignId, NumberMissing, TextError."""
        return {
            "allocation_id": self.allocation_id,
            "settles": self.settles,
            **self.issuer.fields(),
            "number": _number(self.number),
            "issued_on": self.issued_on,
            "total_minor": self.total_minor,
            "own_share_minor": self.own_share_minor,
        }


@transaction.atomic
def _record(given: _Given, *, actor: User, reason: str, now: datetime) -> SpendingDocument:
    reason = require_reason(reason)
    _check_shares(given)
    fields, others = given.fields(), given.others
    allocations = lock_allocations(allocation_ids={given.allocation_id, *(part.allocation_id for part in given.parts)})
    standing = SpendingDocument.objects.filter(request_key=given.request_key).first()
    if standing:
        same_or_refuse(standing, request_key=given.request_key, **fields)
        return standing
    _check_allocations(given, allocations, now=now)
    key = number_key(given.number)
    require_unique(issuer=given.issuer.fields(), key=key)
    document = SpendingDocument.objects.create(
        **fields,
        number_key=key,
        issuer_name=clean_line(given.issuer_name, max_length=120),
        grade=given.grade,
        request_key=given.request_key,
        recorded_by=actor,
        recorded_at=now,
    )
    DocumentSplit.objects.bulk_create(
        DocumentSplit(document=document, allocation_id=part.allocation_id, amount_minor=part.amount_minor)
        for part in given.parts
    )
    DocumentFunder.objects.bulk_create(
        DocumentFunder(document=document, name=name, amount_minor=amount) for name, amount in others.items()
    )
    act, amount = "document.recorded", given.own_share_minor
    note_document(document, act=act, actor=actor, reason=reason, now=now, amount_minor=amount)
    return document


def require_room(settles: Settles, allocation: Allocation, *, amount_minor: int) -> None:
    """Raises OverEnvelope when the partner holds less (an advance), or the envelope has less left (a purchase)."""
    used = envelope(allocation=allocation)
    left = used.with_partner_minor if settles == Settles.ADVANCE else used.free_minor
    if amount_minor > left:
        raise OverEnvelope(left=left, wanted=amount_minor)


def require_state(settles: Settles, allocation: Allocation) -> None:
    """Raises WrongState: an advance may be accounted for also in a stopped envelope, a purchase only in an open one."""
    if settles == Settles.ADVANCE:
        require_settling(allocation)
    else:
        require_open(allocation)


def number_key(number: str) -> str:
    """A document's number without what people write differently: case and spaces."""
    return "".join(number.split()).upper()


def note_document(
    document: SpendingDocument,
    *,
    act: str,
    actor: User,
    reason: str,
    now: datetime,
    entries: Sequence[int] = (),
    **facts: int | str,
) -> None:
    """Adds an act to the document's trail, with the ledger entries it made."""
    known = {"entries": list(entries), "allocation": document.allocation_id}
    record(actor=actor, act=act, subject=str(document), reason=reason, now=now, facts={**known, **facts})


def _check_shares(given: _Given) -> None:
    parts = given.parts
    for amount in (given.own_share_minor, *(part.amount_minor for part in parts)):
        require_positive(amount_minor=amount)
    together = sum(part.amount_minor for part in parts)
    repeated = len({part.allocation_id for part in parts}) < len(parts)
    if given.own_share_minor > given.total_minor or together != given.own_share_minor or repeated:
        raise BadShare(total_minor=given.total_minor, own_share_minor=given.own_share_minor, splits_minor=together)


def _check_allocations(given: _Given, allocations: Mapping[int, Allocation], *, now: datetime) -> None:
    main = allocations[given.allocation_id]
    if given.settles == Settles.ADVANCE and main.partner is None:
        raise NoPartner
    for allocation in allocations.values():
        require_state(given.settles, allocation)
        if allocation.partner_id != main.partner_id:
            raise OtherPartner
        _check_period(allocation, issued_on=given.issued_on, now=now)
    for part in given.parts:
        require_room(given.settles, allocations[part.allocation_id], amount_minor=part.amount_minor)


def _check_period(allocation: Allocation, *, issued_on: date, now: datetime) -> None:
    month = issued_on.year * 100 + issued_on.month
    within = allocation.first_period <= month <= allocation.last_period
    if not within or issued_on > warsaw_day(now):
        raise OutsidePeriod(
            issued_on=issued_on, first_period=allocation.first_period, last_period=allocation.last_period
        )


def require_unique(*, issuer: Mapping[str, str], key: str) -> None:
    """Raises DuplicateDocument where the issuer's document of that number counts, or waits to be decided."""
    counted = SpendingDocument.objects.exclude(state__in=[DocumentState.REJECTED, DocumentState.REVERSED])
    other = counted.filter(number_key=key, **issuer).values_list("pk", flat=True).first()
    if other is not None:
        raise DuplicateDocument(document_id=other)


def _number(text: str) -> str:
    cleaned = clean_line(text, max_length=60)
    if not cleaned:
        raise NumberMissing
    return cleaned
