"""Whatever is done to stock in whatever order: reserved + free + gone = procured, at every mark and over any months."""

from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from aid_packages.deliveries import queries
from aid_packages.deliveries.models import Delivery, Lot, Place, StockMove
from aid_packages.deliveries.operations import (
    AlreadyTakenBack,
    NotEnough,
    WeekTooEarly,
    release,
    reserve,
    take_back_delivery,
    take_back_lot,
    take_back_move,
    write_off,
)
from aid_packages.deliveries.queries import UnitRow, last_ids, stock_of
from aid_packages.models import Allocation
from core.periods import periods_between
from ledger import audit
from tests.factories.aid_packages import make_staff
from tests.factories.deliveries import act, envelope, given, handed
from tests.factories.time import NOW

WEEKS = (202636, 202640, 202641, 202645, 202646)
REFUSALS = (AlreadyTakenBack, NotEnough, WeekTooEarly)
MONTHS = periods_between(202608, 202611)


@dataclass
class World:
    """What the acts so far have made."""

    kept_for: list[Allocation]
    lots: list[Lot] = field(default_factory=list)
    moves: list[StockMove] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)


def undo() -> dict:
    return {"actor": make_staff("ada"), "reason": "typed wrongly", "now": NOW}


def _take_in(world: World, which: int, units: int) -> None:
    item = ("sleeping-bag", "boots")[which % 2]
    world.lots.append(given(units, item=item, week=WEEKS[which % len(WEEKS)]))


def _reserve(world: World, which: int, units: int) -> None:
    kept_for = world.kept_for[which % 2]
    lot = _pick(world.lots, which)
    world.moves.append(reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=units, **act()))


def _release(world: World, which: int, units: int) -> None:
    lot, kept_for = _pick(world.lots, which), world.kept_for[which % 2]
    world.moves.append(release(lot_id=lot.pk, allocation_id=kept_for.pk, units=units, **act()))


def _hand_on(world: World, which: int, units: int) -> None:
    item = ("sleeping-bag", "boots")[which % 2]
    kept_for = world.kept_for[which % 2].pk if which % 3 else None
    world.deliveries.append(handed(units, item=item, week=WEEKS[which % len(WEEKS)], allocation_id=kept_for))


def _write_off(world: World, which: int, units: int) -> None:
    place = (Place.LOST, Place.EXPIRED)[which % 2]
    kept_for = world.kept_for[0].pk if which % 3 == 0 else None
    lot = _pick(world.lots, which)
    facts = {"lot_id": lot.pk, "place": place, "units": units, "week": WEEKS[which % len(WEEKS)]}
    world.moves.append(write_off(**facts, allocation_id=kept_for, **act()))


def _take_back(world: World, which: int, units: int) -> None:
    if units % 3 == 0:
        take_back_delivery(delivery_id=_pick(world.deliveries, which).pk, **undo())
    elif units % 3 == 1:
        take_back_move(move_id=_pick(world.moves, which).pk, **undo())
    else:
        take_back_lot(lot_id=_pick(world.lots, which).pk, **undo())


ACTS = (_take_in, _take_in, _reserve, _release, _hand_on, _hand_on, _write_off, _take_back)


def _pick(made: list, which: int) -> object:
    if not made:
        raise NotEnough(available=0, wanted=1)
    return made[which % len(made)]


def adds_up(row: UnitRow) -> bool:
    left = row.opening_free + row.bought + row.in_kind - row.reserved - row.delivered - row.lost - row.expired
    least = min(row.opening_free, row.opening_reserved, row.closing_free, row.opening_reserved + row.reserved)
    return least >= 0 and left == row.closing_free


@pytest.mark.usefixtures("store")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@drawn(
    acts=st.lists(
        st.tuples(st.sampled_from(range(len(ACTS))), st.integers(0, 11), st.integers(1, 9)), min_size=3, max_size=14
    )
)
def test_any_acts_in_any_order(acts: list[tuple[int, int, int]]) -> None:
    with transaction.atomic():
        world = World(kept_for=[envelope(amount_minor=1_000), envelope(amount_minor=1_000)])
        marks = []
        for which_act, which, units in acts:
            try:
                with transaction.atomic():
                    ACTS[which_act](world, which, units)
                event(f"{ACTS[which_act].__name__}: done")
            except REFUSALS as refusal:
                event(f"{ACTS[which_act].__name__}: {type(refusal).__name__}")
            marks.append(last_ids(now=NOW) | {"last_period": 202611})
        for stock in stock_of(lot_ids=[lot.pk for lot in world.lots]).values():
            assert stock.free + stock.reserved + stock.gone == stock.procured
            assert min(stock.free, stock.reserved, stock.delivered, stock.lost, stock.expired) >= 0
        for mark in marks:
            for first in MONTHS:
                assert all(adds_up(row) for row in queries.units(first_period=first, last_period=202611, upto=mark))
        assert [str(finding) for finding in audit.run().findings if "lot" in finding.message] == []
        transaction.set_rollback(True)
