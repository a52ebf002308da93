"""Booking what was read, row by row, through the same operations as the forms of the desk, under unchanged rules."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aid_packages.deliveries.models import ImportKind, Origin, ValueBasis
from aid_packages.deliveries.operations.deliveries import Handed, NothingHanded, record_delivery
from aid_packages.deliveries.operations.imports.refusals import CellReason, Fault
from aid_packages.deliveries.operations.lots import (
    BadUseBy,
    NoDocument,
    OtherFund,
    OverDocument,
    buy_lot,
    receive_in_kind,
)
from aid_packages.deliveries.operations.refusals import (
    BadPeople,
    BadUnits,
    FutureWeek,
    NotEnough,
    UnknownItem,
    UnknownNeed,
    UnknownRegion,
    WeekNotOver,
)
from aid_packages.deliveries.operations.services import record_service
from aid_packages.deliveries.weeks import NoSuchWeek
from aid_packages.models import Allocation, DocumentState, EvidenceGrade, Settles, SpendingDocument
from aid_packages.operations import advances, documents, issuer, refusals
from aid_packages.operations.documents import Funder, number_key, record_document, record_purchase
from aid_packages.operations.issuer import POLAND
from core.models import User
from core.text import TextError
from core.trail import ReasonMissing

COLUMN_OF: dict[type[Exception], str] = {
    UnknownItem: "item",
    UnknownNeed: "fund",
    UnknownRegion: "region",
    NoSuchWeek: "week",
    FutureWeek: "week",
    WeekNotOver: "week",
    BadUnits: "units",
    NotEnough: "units",
    NothingHanded: "item",
    BadPeople: "people",
    BadUseBy: "use_by",
    NoDocument: "document",
    OtherFund: "fund",
    OverDocument: "cost",
    Allocation.DoesNotExist: "allocation",
    issuer.BadNip: "issuer_nip",
    issuer.BadCountry: "country",
    issuer.BadForeignId: "issuer_id",
    documents.NumberMissing: "number",
    documents.DuplicateDocument: "number",
    documents.OutsidePeriod: "issued_on",
    documents.BadShare: "own_share",
    documents.BadFunders: "funder",
    documents.OtherPartner: "allocation",
    advances.NoPartner: "allocation",
    advances.OverEnvelope: "total",
    refusals.WrongState: "allocation",
    refusals.NotPositive: "total",
    refusals.RequestKeyReused: "",
    ReasonMissing: "",
    TextError: "",
}
"""What an operation may refuse, and the column in which the reason lies."""


class RowRefused(ValueError):
    """A row that contradicts itself, or its neighbours. Expected."""

    def __init__(self, *, column: str, reason: CellReason, **facts: str) -> None:
        super().__init__(reason.value)
        self.column = column
        self.reason = reason
        self.facts = facts


EXPECTED: tuple[type[Exception], ...] = (*COLUMN_OF, RowRefused)


@dataclass(frozen=True)
class Act:
    """One act made of one row, or of several that are one delivery. `key` makes it the same act for ever."""

    lines: tuple[int, ...]
    rows: tuple[dict[str, Any], ...]
    key: str


def acts_of(*, kind: ImportKind, rows: Sequence[dict[str, Any]], content_key: str) -> Iterator[Act]:
    """The acts that a file stands for: one for each row, but deliveries with the same word under "together" are one."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        together = row["cells"].get("together") if kind == ImportKind.DELIVERIES else None
        groups.setdefault(f"together:{together}" if together else f"line:{row['line']}", []).append(row)
    for number, group in enumerate(groups.values(), start=1):
        yield Act(
            lines=tuple(row["line"] for row in group),
            rows=tuple(row["cells"] for row in group),
            key=f"import:{content_key}:{number}",
        )


def book_act(*, kind: ImportKind, act: Act, actor: User, reason: str, now: datetime) -> None:
    """Books one act. Raises RowRefused, and what `EXPECTED` names."""
    _BOOK[kind](act, {"actor": actor, "reason": reason, "request_key": act.key, "now": now})


def fault_of(*, act: Act, refusal: Exception) -> Fault:
    """What was refused, as it is kept: the line, the column, the refusal's name and its plain facts."""
    if isinstance(refusal, RowRefused):
        return Fault(act.lines[0], refusal.column, refusal.reason.value, dict(refusal.facts))
    column = next((COLUMN_OF[kind] for kind in type(refusal).__mro__ if kind in COLUMN_OF), "")
    facts = {name: value for name, value in vars(refusal).items() if isinstance(value, int | str)}
    facts |= {name: value.isoformat() for name, value in vars(refusal).items() if isinstance(value, date)}
    return Fault(act.lines[0], column, _name(refusal), facts)


def _name(refusal: Exception) -> str:
    """The class's name; a missing row's with its table's."""
    return type(refusal).__qualname__


def _lot(act: Act, common: dict[str, Any]) -> None:
    row = act.rows[0]
    facts = {
        "item_code": row["item"],
        "units": row["units"],
        "fund_code": row["fund"],
        "region_code": row["region"],
        "week": row["week"],
        "use_by": row.get("use_by"),
        **common,
    }
    if row["origin"] == Origin.BOUGHT:
        _need(row, "document", because="kupione / bought")
        _refuse(row, "basis", because="kupione / bought")
        document_id = _document(str(row["document"]))
        buy_lot(cost_minor=row["cost"], document_id=document_id, **facts)
        return
    _need(row, "basis", because="darowane / in kind")
    _refuse(row, "document", because="darowane / in kind")
    receive_in_kind(value_minor=row["cost"], value_basis=ValueBasis(row["basis"]), **facts)


def _document(number: str) -> int:
    found = SpendingDocument.objects.filter(number_key=number_key(number), state=DocumentState.ACCEPTED)
    ids = list(found.values_list("pk", flat=True)[:2])
    if len(ids) != 1:
        raise RowRefused(column="document", reason=CellReason.NO_DOCUMENT)
    return int(ids[0])


def _delivery(act: Act, common: dict[str, Any]) -> None:
    first = act.rows[0]
    for row in act.rows[1:]:
        for column in ("fund", "region", "week", "allocation"):
            if row.get(column) != first.get(column):
                raise RowRefused(column=column, reason=CellReason.DIFFERS)
        for column in ("people", "nationalities"):
            if row.get(column) not in (None, first.get(column)):
                raise RowRefused(column=column, reason=CellReason.DIFFERS)
    record_delivery(handed=[Handed(row["item"], row["units"]) for row in act.rows], **_where(first), **common)


def _service(act: Act, common: dict[str, Any]) -> None:
    row = act.rows[0]
    record_service(item_code=row["item"], units=row["units"], **_where(row), **common)


def _where(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "fund_code": row["fund"],
        "region_code": row["region"],
        "week": row["week"],
        "people": row.get("people"),
        "nationalities": row.get("nationalities"),
        "allocation_id": row.get("allocation"),
    }


def _spending(act: Act, common: dict[str, Any]) -> None:
    row = act.rows[0]
    record: Callable[..., object] = record_document if row["settles"] == Settles.ADVANCE else record_purchase
    own_share = row.get("own_share") or row["total"]
    rest = row["total"] - own_share
    record(
        allocation_id=row["allocation"],
        issuer_nip=row.get("issuer_nip") or "",
        issuer_country=row.get("country") or POLAND,
        issuer_id=row.get("issuer_id") or "",
        issuer_name=row.get("issuer_name") or "",
        number=row["number"],
        issued_on=date.fromisoformat(row["issued_on"]),
        total_minor=row["total"],
        own_share_minor=own_share,
        funders=[Funder(name=row["funder"], amount_minor=rest)] if row.get("funder") else [],
        grade=EvidenceGrade(row.get("grade") or EvidenceGrade.INVOICE_SEEN),
        **common,
    )


def _need(row: dict[str, Any], column: str, *, because: str) -> None:
    if not row.get(column):
        raise RowRefused(column=column, reason=CellReason.NEEDED_HERE, because=because)


def _refuse(row: dict[str, Any], column: str, *, because: str) -> None:
    if row.get(column):
        raise RowRefused(column=column, reason=CellReason.NOT_HERE, because=because)


_BOOK: dict[ImportKind, Callable[[Act, dict[str, Any]], None]] = {
    ImportKind.LOTS: _lot,
    ImportKind.DELIVERIES: _delivery,
    ImportKind.SERVICES: _service,
    ImportKind.DOCUMENTS: _spending,
}
