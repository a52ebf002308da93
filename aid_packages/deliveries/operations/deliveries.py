"""Handing goods on: one delivery takes units out of lots, oldest first, and says for which need, where and in which week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from aid_packages.deliveries.models import AidItem, AidKind, Delivery, Lot, Place, StockMove
from aid_packages.deliveries.operations.notes import hold_lots, note
from aid_packages.deliveries.operations.refusals import (
    AlreadyTakenBack,
    NotEnough,
    find_item,
    find_region,
    require_fund,
    require_people,
    require_units,
    require_week_over,
    upwards,
)
from aid_packages.deliveries.operations.stock import counter
from aid_packages.deliveries.queries.stock import held
from aid_packages.deliveries.weeks import booked_period
from aid_packages.models import Allocation
from aid_packages.operations.refusals import RequestKeyReused, require_reason, same_or_refuse
from core.models import User


@dataclass(frozen=True)
class Handed:
    """Units of one item in a delivery. `lot_id` names the lot; without it the one that keeps shortest goes first."""

    item_code: str
    units: int
    lot_id: int | None = None


class NothingHanded(ValueError):
    """A delivery without goods, or with the same item twice. Expected: the form asks for them."""


@dataclass(frozen=True)
class _Taken:
    lot: Lot
    source: Place
    units: int


@transaction.atomic
def record_delivery(
    *,
    fund_code: str,
    region_code: str,
    week: int,
    handed: Sequence[Handed],
    actor: User,
    reason: str,
    request_key: str,
    now: datetime,
    people: int | None = None,
    nationalities: int | None = None,
    allocation_id: int | None = None,
) -> Delivery:
    """Records what was handed on in a week that is over, out of stock that serves the need `fund_code`.

    With an allocation, what is reserved for it goes first. `people` and `nationalities` only where they were really
    counted. Raises UnknownNeed, UnknownRegion, UnknownItem, WeekNotOver, NoSuchWeek, NothingHanded, BadUnits, BadPeople,
    NotEnough, RequestKeyReused, ReasonMissing.
    """
    reason = require_reason(reason)
    require_week_over(week=week, now=now)
    require_fund(fund_code=fund_code)
    require_people(people=people, nationalities=nationalities)
    lines = _lines(handed)
    facts = {
        "fund_code": fund_code,
        "region": find_region(code=region_code),
        "week": week,
        "people": people,
        "nationalities": nationalities,
        "allocation_id": allocation_id,
    }
    if allocation_id is not None:
        Allocation.objects.get(pk=allocation_id)
    hold_lots(lot_ids=_lots_of(lines, fund_code=fund_code, week=week).values_list("pk", flat=True))
    standing = Delivery.objects.filter(request_key=request_key).first()
    if standing is not None:
        _same(standing, request_key=request_key, lines=lines, **facts)
        return standing
    delivery = Delivery.objects.create(**facts, period=booked_period(week), request_key=request_key)
    _hand_on(delivery, lines)
    units = sum(line.units for line, _item in lines)
    note(subject=str(delivery), act="delivery.recorded", actor=actor, reason=reason, now=now, units=units)
    return delivery


def _hand_on(delivery: Delivery, lines: Sequence[tuple[Handed, AidItem]]) -> None:
    """Takes the units out of their lots, which are held. Raises NotEnough."""
    number = 0
    for line, item in lines:
        lots = list(_lots_of([(line, item)], fund_code=delivery.fund_code, week=delivery.week))
        for taken in _choose(line, lots, period=delivery.period, allocation_id=delivery.allocation_id):
            number += 1
            StockMove.objects.create(
                lot=taken.lot,
                source=taken.source,
                target=Place.DELIVERED,
                units=taken.units,
                allocation_id=delivery.allocation_id if taken.source == Place.RESERVED else None,
                delivery=delivery,
                week=delivery.week,
                period=delivery.period,
                request_key=f"delivery:{delivery.pk}:{number}",
            )


@transaction.atomic
def take_back_delivery(*, delivery_id: int, actor: User, reason: str, now: datetime) -> Delivery:
    """Takes a wrong delivery back: a second row with the opposite people, and its units where they were before.

    Raises AlreadyTakenBack, ReasonMissing, DoesNotExist.
    """
    reason = require_reason(reason)
    wrong = Delivery.objects.get(pk=delivery_id)
    moves = list(wrong.moves.order_by("id"))
    hold_lots(lot_ids=[move.lot_id for move in moves])
    if wrong.counters_id is not None or Delivery.objects.filter(counters=wrong).exists():
        raise AlreadyTakenBack(subject=str(wrong))
    back = Delivery.objects.create(
        fund_code=wrong.fund_code,
        region_id=wrong.region_id,
        week=wrong.week,
        period=booked_period(wrong.week),
        people=None if wrong.people is None else -wrong.people,
        nationalities=wrong.nationalities,
        allocation_id=wrong.allocation_id,
        counters=wrong,
        request_key=f"take-back:{wrong.pk}",
    )
    for move in moves:
        counter(move=move, delivery_id=back.pk)
    note(subject=str(wrong), act="delivery.taken_back", actor=actor, reason=reason, now=now, by=back.pk)
    return back


def _lines(handed: Sequence[Handed]) -> list[tuple[Handed, AidItem]]:
    if not handed or len({(line.item_code, line.lot_id) for line in handed}) != len(handed):
        raise NothingHanded
    for line in handed:
        require_units(units=line.units)
    return [(line, find_item(code=line.item_code, kind=AidKind.GOODS)) for line in handed]


def _lots_of(lines: Sequence[tuple[Handed, AidItem]], *, fund_code: str, week: int) -> Any:
    """Lots that may serve the need in that week: of its fund or one above it; what keeps shortest, then what came first."""
    items = {item.pk for _line, item in lines}
    lots = Lot.objects.filter(item_id__in=items, fund_code__in=upwards(fund_code=fund_code), week__lte=week)
    return lots.order_by("use_by", "id")


def _choose(line: Handed, lots: Sequence[Lot], *, period: int, allocation_id: int | None) -> list[_Taken]:
    left, chosen = line.units, []
    sources = [Place.FREE] if allocation_id is None else [Place.RESERVED, Place.FREE]
    for source in sources:
        for lot in lots:
            if line.lot_id is not None and lot.pk != line.lot_id:
                continue
            kept_for = allocation_id if source == Place.RESERVED else None
            there = held(lot_id=lot.pk, place=source, allocation_id=kept_for, period=period)
            if units := min(there, left):
                chosen.append(_Taken(lot=lot, source=source, units=units))
                left -= units
            if not left:
                return chosen
    raise NotEnough(available=line.units - left, wanted=line.units)


def _same(standing: Delivery, *, request_key: str, lines: Sequence[tuple[Handed, AidItem]], **facts: object) -> None:
    same_or_refuse(standing, request_key=request_key, **facts)
    stands: dict[str, int] = {}
    for code, units in standing.moves.values_list("lot__item__code", "units"):
        stands[code] = stands.get(code, 0) + units
    asked: dict[str, int] = {}
    for line, item in lines:
        asked[item.code] = asked.get(item.code, 0) + line.units
    if stands != asked:
        raise RequestKeyReused(request_key=request_key)
