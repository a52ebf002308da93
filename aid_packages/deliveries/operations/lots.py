"""Taking goods in: a lot bought on a document, or given in kind."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from aid_packages.deliveries.models import AidKind, Lot, Origin, Place, StockMove, ValueBasis
from aid_packages.deliveries.operations.items import refresh_plan
from aid_packages.deliveries.operations.notes import hold_lots, note
from aid_packages.deliveries.operations.refusals import (
    AlreadyTakenBack,
    booked_on_document,
    find_item,
    find_region,
    require_fund,
    require_units,
    require_week_begun,
)
from aid_packages.deliveries.operations.stock import counter
from aid_packages.deliveries.weeks import booked_period
from aid_packages.models import DocumentSplit, DocumentState, SpendingDocument
from aid_packages.operations.refusals import require_positive, require_reason, same_or_refuse
from aid_packages.queries.corrections import borne
from core.models import User
from core.periods import period_start
from ledger.operations import hold_for_posting


class NoDocument(LookupError):
    """No accepted document under this number of ours. Expected: it may still wait for its second person."""


class CorrectedSince(NoDocument):
    """A document that was corrected since. Expected: goods stand on its newest correction."""


class OtherFund(ValueError):
    """The document does not fall on the lot's fund. Expected."""

    def __init__(self, *, fund_code: str) -> None:
        super().__init__(fund_code)
        self.fund_code = fund_code


class OverDocument(ValueError):
    """The document's lots would cost more than it says. Expected. In grosze."""

    def __init__(self, *, left_minor: int, wanted_minor: int) -> None:
        super().__init__(f"{left_minor} of the document is not accounted for in lots, {wanted_minor} is wanted")
        self.left_minor = left_minor
        self.wanted_minor = wanted_minor


class BadUseBy(ValueError):
    """A month until which nothing keeps: no month at all. Expected."""


@transaction.atomic
def buy_lot(
    *,
    item_code: str,
    units: int,
    cost_minor: int,
    document_id: int,
    fund_code: str,
    region_code: str,
    week: int,
    actor: User,
    reason: str,
    request_key: str,
    now: datetime,
    use_by: int | None = None,
) -> Lot:
    """Takes in units bought on an accepted document; `cost_minor` is the lot's part of its total, in grosze.

    Raises UnknownItem, UnknownRegion, UnknownNeed, NoDocument, OtherFund, OverDocument, BadUnits, NotPositive, NoSuchWeek,
    FutureWeek, BadUseBy, RequestKeyReused, ReasonMissing.
    """
    facts = _facts(
        item_code=item_code,
        units=units,
        fund_code=fund_code,
        region_code=region_code,
        week=week,
        use_by=use_by,
        now=now,
    )
    require_positive(amount_minor=cost_minor)
    facts |= {"origin": Origin.BOUGHT, "document_id": document_id, "cost_minor": cost_minor}
    return _take_in(facts, actor=actor, reason=reason, request_key=request_key, now=now)


@transaction.atomic
def receive_in_kind(
    *,
    item_code: str,
    units: int,
    value_minor: int,
    value_basis: ValueBasis,
    fund_code: str,
    region_code: str,
    week: int,
    actor: User,
    reason: str,
    request_key: str,
    now: datetime,
    use_by: int | None = None,
) -> Lot:
    """Takes in units that were given. Their documented value, in grosze, is kept beside them and booked nowhere.

    Raises what buy_lot raises, but for documents.
    """
    facts = _facts(
        item_code=item_code,
        units=units,
        fund_code=fund_code,
        region_code=region_code,
        week=week,
        use_by=use_by,
        now=now,
    )
    require_positive(amount_minor=value_minor)
    facts |= {"origin": Origin.IN_KIND, "cost_minor": value_minor, "value_basis": ValueBasis(value_basis)}
    return _take_in(facts, actor=actor, reason=reason, request_key=request_key, now=now)


@transaction.atomic
def take_back_lot(*, lot_id: int, actor: User, reason: str, now: datetime) -> StockMove:
    """Undoes a lot that was entered wrongly, while all of it is free. Raises AlreadyTakenBack, NotEnough, DoesNotExist."""
    reason = require_reason(reason)
    hold_lots(lot_ids=[lot_id])
    came_in = StockMove.objects.get(lot_id=lot_id, source=Place.OUTSIDE)
    if StockMove.objects.filter(counters=came_in).exists():
        raise AlreadyTakenBack(subject=f"lot:{lot_id}")
    move = counter(move=came_in)
    note(subject=f"lot:{lot_id}", act="lot.taken_back", actor=actor, reason=reason, now=now, units=came_in.units)
    return move


def _facts(
    *, item_code: str, units: int, fund_code: str, region_code: str, week: int, use_by: int | None, now: datetime
) -> dict[str, Any]:
    require_units(units=units)
    require_week_begun(week=week, now=now)
    require_fund(fund_code=fund_code)
    return {
        "item": find_item(code=item_code, kind=AidKind.GOODS),
        "units": units,
        "fund_code": fund_code,
        "region": find_region(code=region_code),
        "week": week,
        "use_by": _use_by(use_by),
    }


def _take_in(facts: dict[str, Any], *, actor: User, reason: str, request_key: str, now: datetime) -> Lot:
    reason = require_reason(reason)
    document_id = facts.get("document_id")
    document = hold_document(document_id=document_id) if document_id is not None else None
    hold_for_posting()
    standing = Lot.objects.filter(request_key=request_key).first()
    if standing is not None:
        same_or_refuse(standing, request_key=request_key, **facts)
        return standing
    if document_id is not None:
        require_on_document(document, fund_code=facts["fund_code"], cost_minor=facts["cost_minor"])
    period = booked_period(facts["week"])
    lot = Lot.objects.create(**facts, period=period, request_key=request_key)
    StockMove.objects.create(
        lot=lot,
        source=Place.OUTSIDE,
        target=Place.FREE,
        units=lot.units,
        week=lot.week,
        period=period,
        request_key=f"lot:{lot.pk}",
    )
    refresh_plan(item=lot.item)
    note(subject=str(lot), act="lot.taken_in", actor=actor, reason=reason, now=now, units=lot.units)
    return lot


def hold_document(*, document_id: int) -> SpendingDocument | None:
    """The document and the one it corrects, their rows locked, before the lock that posting takes, as everywhere."""
    rows = SpendingDocument.objects.select_for_update(of=("self",))
    document = rows.filter(pk=document_id).first()
    if document is not None and document.corrects_id:
        rows.get(pk=document.corrects_id)
    return document


def require_on_document(
    document: SpendingDocument | None, *, fund_code: str, cost_minor: int, besides: Collection[int] = ()
) -> None:
    """Raises NoDocument, CorrectedSince, OtherFund, OverDocument unless goods of that fund and cost may stand on it.

    In grosze; `besides` are lots that leave their place on the same invoice, so that their cost doesn't count twice.
    """
    if document is None or document.state != DocumentState.ACCEPTED:
        raise NoDocument
    whole = document.corrects_id or document.pk
    later = SpendingDocument.objects.filter(corrects=whole, state=DocumentState.ACCEPTED, entry__gt=document.entry_id)
    if later.exists():
        raise CorrectedSince
    if not DocumentSplit.objects.filter(document=whole, allocation__fund_code=fund_code).exists():
        raise OtherFund(fund_code=fund_code)
    left = borne(document_id=whole).total_minor - booked_on_document(document_id=whole, besides=besides)
    if cost_minor > left:
        raise OverDocument(left_minor=left, wanted_minor=cost_minor)


def _use_by(period: int | None) -> int | None:
    if period is not None:
        try:
            period_start(period)
        except ValueError as wrong:
            raise BadUseBy(period) from wrong
    return period
