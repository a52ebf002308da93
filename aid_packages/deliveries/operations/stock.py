"""Moving stock: keeping it for an allocation, letting it go again, writing off what is lost or past its time."""

from datetime import datetime

from django.db import IntegrityError, transaction

from aid_packages.deliveries.models import Lot, Place, StockMove
from aid_packages.deliveries.operations.notes import hold_lots, note
from aid_packages.deliveries.operations.refusals import (
    AlreadyTakenBack,
    NotEnough,
    WeekTooEarly,
    require_purpose,
    require_units,
    require_week_begun,
)
from aid_packages.deliveries.queries.stock import held
from aid_packages.deliveries.weeks import booked_period, week_of
from aid_packages.models import AllocationState
from aid_packages.operations.allocations import lock_allocation
from aid_packages.operations.refusals import WrongState, require_reason, same_or_refuse
from core.models import User


@transaction.atomic
def reserve(
    *, lot_id: int, allocation_id: int, units: int, actor: User, reason: str, request_key: str, now: datetime
) -> StockMove:
    """Keeps free units for an approved allocation. Raises NotEnough, OtherPurpose, WrongState, BadUnits, DoesNotExist,
    RequestKeyReused, ReasonMissing.
    """
    reason = require_reason(reason)
    # Held, so that it can't be closed in the same instant: what is kept for an envelope hinders its closing.
    allocation = lock_allocation(allocation_id=allocation_id)
    if allocation.state != AllocationState.APPROVED:
        raise WrongState(subject=str(allocation), state=allocation.state)
    lot = Lot.objects.get(pk=lot_id)
    require_purpose(lot=lot, fund_code=allocation.fund_code)
    asked = {"source": Place.FREE, "target": Place.RESERVED, "units": units, "allocation_id": allocation_id}
    move, made = move_once(lot=lot, asked=asked, week=week_of(now), request_key=request_key)
    if made:
        _note(lot, "lot.reserved", actor, reason, now, units=units, allocation=allocation_id)
    return move


@transaction.atomic
def release(
    *, lot_id: int, allocation_id: int, units: int, actor: User, reason: str, request_key: str, now: datetime
) -> StockMove:
    """Frees units that were kept for an allocation. Raises what reserve raises, purpose and state apart."""
    reason = require_reason(reason)
    lot = Lot.objects.get(pk=lot_id)
    asked = {"source": Place.RESERVED, "target": Place.FREE, "units": units, "allocation_id": allocation_id}
    move, made = move_once(lot=lot, asked=asked, week=week_of(now), request_key=request_key)
    if made:
        _note(lot, "lot.released", actor, reason, now, units=units, allocation=allocation_id)
    return move


@transaction.atomic
def write_off(
    *,
    lot_id: int,
    place: Place,
    units: int,
    week: int,
    actor: User,
    reason: str,
    request_key: str,
    now: datetime,
    allocation_id: int | None = None,
) -> StockMove:
    """Writes units off as LOST or EXPIRED; of those kept for an allocation where one is named.

    Raises NotEnough, BadUnits, NoSuchWeek, FutureWeek, WeekTooEarly, RequestKeyReused, ReasonMissing, DoesNotExist.
    """
    reason = require_reason(reason)
    require_week_begun(week=week, now=now)
    if place not in (Place.LOST, Place.EXPIRED):
        raise ValueError(place)
    lot = Lot.objects.get(pk=lot_id)
    source = Place.FREE if allocation_id is None else Place.RESERVED
    asked = {"source": source, "target": place, "units": units, "allocation_id": allocation_id}
    move, made = move_once(lot=lot, asked=asked, week=week, request_key=request_key)
    if made:
        _note(lot, f"lot.{place.value}", actor, reason, now, units=units)
    return move


@transaction.atomic
def take_back_move(*, move_id: int, actor: User, reason: str, now: datetime) -> StockMove:
    """Undoes a reservation, a release or a write-off that was entered wrongly.

    What came in or was handed on is taken back with its lot or delivery. Raises AlreadyTakenBack, NotEnough, WrongState (it
    would reserve goods for a closed envelope), ReasonMissing, DoesNotExist.
    """
    reason = require_reason(reason)
    move = StockMove.objects.select_related("lot").get(pk=move_id)
    if move.delivery_id is not None or Place.OUTSIDE in (move.source, move.target):
        raise AlreadyTakenBack(subject=str(move))
    if move.allocation_id is not None and move.source == Place.RESERVED:
        allocation = lock_allocation(allocation_id=move.allocation_id)
        if allocation.state == AllocationState.CLOSED:
            raise WrongState(subject=str(allocation), state=allocation.state)
    hold_lots(lot_ids=[move.lot_id])
    made = counter(move=move)
    _note(move.lot, "lot.move_taken_back", actor, reason, now, units=move.units)
    return made


def move_once(
    *, lot: Lot, asked: dict[str, object], week: int, request_key: str, delivery_id: int | None = None
) -> tuple[StockMove, bool]:
    """Moves units of a lot, and says whether this call did. Raises NotEnough, BadUnits, WeekTooEarly, RequestKeyReused."""
    units, source = asked["units"], Place(str(asked["source"]))
    assert isinstance(units, int)
    require_units(units=units)
    if week < lot.week:
        raise WeekTooEarly(week=week, came_in=lot.week)
    hold_lots(lot_ids=[lot.pk])
    standing = StockMove.objects.filter(request_key=request_key).first()
    if standing is not None:
        same_or_refuse(standing, request_key=request_key, lot_id=lot.pk, **asked)
        return standing, False
    kept_for = asked["allocation_id"] if source == Place.RESERVED else None
    assert kept_for is None or isinstance(kept_for, int)
    period = booked_period(week)
    available = held(lot_id=lot.pk, place=source, allocation_id=kept_for, period=period)
    if available < units:
        raise NotEnough(available=available, wanted=units)
    move = StockMove.objects.create(
        lot=lot, week=week, period=period, request_key=request_key, delivery_id=delivery_id, **asked
    )
    return move, True


def counter(*, move: StockMove, delivery_id: int | None = None) -> StockMove:
    """The row that takes a move back; its lot is held. Raises AlreadyTakenBack, NotEnough."""
    if move.counters_id is not None or StockMove.objects.filter(counters=move).exists():
        raise AlreadyTakenBack(subject=str(move))
    period = booked_period(move.week)
    if move.target not in (Place.DELIVERED, Place.LOST, Place.EXPIRED):
        kept_for = move.allocation_id if move.target == Place.RESERVED else None
        available = held(lot_id=move.lot_id, place=Place(move.target), allocation_id=kept_for, period=period)
        if available < move.units:
            raise NotEnough(available=available, wanted=move.units)
    try:
        with transaction.atomic():
            return StockMove.objects.create(
                lot_id=move.lot_id,
                source=move.target,
                target=move.source,
                units=move.units,
                allocation_id=move.allocation_id,
                delivery_id=delivery_id,
                week=move.week,
                period=period,
                counters=move,
                request_key=f"take-back:{move.pk}",
            )
    except IntegrityError as refused:
        raise NotEnough(available=0, wanted=move.units) from refused


def _note(lot: Lot, act: str, actor: User, reason: str, now: datetime, **facts: int | str) -> None:
    note(subject=str(lot), act=act, actor=actor, reason=reason, now=now, **facts)
