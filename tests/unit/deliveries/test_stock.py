"""Goods come in, are kept, handed on, lost: and reserved + free + gone = procured, whatever is tried."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from aid_packages.deliveries.models import Place, StockMove
from aid_packages.deliveries.operations import (
    AlreadyTakenBack,
    BadUnits,
    FutureWeek,
    NotEnough,
    OtherPurpose,
    WeekNotOver,
    WeekTooEarly,
    release,
    reserve,
    take_back_delivery,
    take_back_lot,
    take_back_move,
    write_off,
)
from aid_packages.deliveries.queries import LotStock, reserved_for, stock_of
from core.models import TrailEntry
from tests.factories.aid_packages import make_staff
from tests.factories.deliveries import LAST_WEEK, OCTOBER, act, envelope, given, handed
from tests.factories.time import NOW

pytestmark = pytest.mark.usefixtures("store")


def stock(lot_id: int) -> LotStock:
    return stock_of(lot_ids=[lot_id])[lot_id]


def undo() -> dict:
    return {"actor": make_staff("ada"), "reason": "typed wrongly", "now": NOW}


def test_a_lot_is_free_when_it_comes_in() -> None:
    lot = given(10)
    assert stock(lot.pk) == LotStock(lot.pk, procured=10, free=10, reserved=0, delivered=0, lost=0, expired=0)
    assert TrailEntry.objects.get(subject=str(lot)).act == "lot.taken_in"


def test_reserved_lost_expired_and_handed_on_add_up_to_what_came_in() -> None:
    lot, kept_for = given(10), envelope()
    reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=4, **act())
    release(lot_id=lot.pk, allocation_id=kept_for.pk, units=1, **act())
    write_off(lot_id=lot.pk, place=Place.LOST, units=2, week=LAST_WEEK, **act())
    write_off(lot_id=lot.pk, place=Place.EXPIRED, units=1, week=LAST_WEEK, allocation_id=kept_for.pk, **act())
    handed(3, week=LAST_WEEK)

    left = stock(lot.pk)
    assert (left.free, left.reserved, left.gone) == (2, 2, 6)
    assert left.free + left.reserved + left.gone == left.procured == 10
    assert reserved_for(lot_id=lot.pk) == {kept_for.pk: 2}


def test_a_delivery_takes_what_was_kept_for_it_first_then_what_keeps_shortest() -> None:
    late, soon, kept_for = given(5, use_by=202712), given(5, use_by=202701), envelope()
    reserve(lot_id=late.pk, allocation_id=kept_for.pk, units=2, **act())
    handed(4, week=LAST_WEEK, allocation_id=kept_for.pk)

    assert (stock(late.pk).reserved, stock(late.pk).free, stock(soon.pk).free) == (0, 3, 3)


def test_what_is_kept_for_one_is_not_there_for_another() -> None:
    lot, kept_for = given(3), envelope()
    reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=3, **act())
    with pytest.raises(NotEnough):
        handed(1, week=LAST_WEEK)
    with pytest.raises(NotEnough):
        release(lot_id=lot.pk, allocation_id=envelope(amount_minor=1_000).pk, units=1, **act())


def test_goods_of_a_need_serve_no_other_need_and_goods_of_an_area_serve_its_needs() -> None:
    given(3)
    with pytest.raises(NotEnough):
        handed(1, fund_code="CONTACT")
    warm, lot = envelope(), given(3, fund_code="CONTACT")
    with pytest.raises(OtherPurpose):
        reserve(lot_id=lot.pk, allocation_id=warm.pk, units=1, **act())
    given(2, fund_code="FOREST")
    assert handed(5, fund_code="CONTACT").moves.count() == 2


def test_nothing_is_handed_on_before_it_came_in_nor_written_down_before_its_week_is_over() -> None:
    lot = given(3, week=LAST_WEEK)
    with pytest.raises(NotEnough):
        handed(1, week=OCTOBER)
    with pytest.raises(WeekNotOver):
        handed(1, week=LAST_WEEK + 1)
    with pytest.raises(FutureWeek):
        given(1, week=LAST_WEEK + 2)
    with pytest.raises(WeekTooEarly):
        write_off(lot_id=lot.pk, place=Place.LOST, units=1, week=OCTOBER, **act())


def test_the_same_request_is_one_act() -> None:
    lot, once = given(3), act()
    first = write_off(lot_id=lot.pk, place=Place.LOST, units=2, week=LAST_WEEK, **once)
    assert write_off(lot_id=lot.pk, place=Place.LOST, units=2, week=LAST_WEEK, **once) == first
    again = act()
    assert handed(1, week=LAST_WEEK, **again) == handed(1, week=LAST_WEEK, **again)
    assert stock(lot.pk).free == 0
    assert TrailEntry.objects.filter(act__in=["lot.lost", "delivery.recorded"]).count() == 2


@pytest.mark.parametrize("units", [0, -1, 10**9])
def test_units_are_whole_and_sensible(units: int) -> None:
    lot = given(3)
    with pytest.raises(BadUnits):
        write_off(lot_id=lot.pk, place=Place.LOST, units=units, week=LAST_WEEK, **act())


class TestTakenBack:
    def test_a_delivery_and_its_people(self) -> None:
        lot = given(3)
        wrong = handed(2, people=7, nationalities=2)
        back = take_back_delivery(delivery_id=wrong.pk, **undo())
        assert (back.people, back.week, back.counters_id) == (-7, OCTOBER, wrong.pk)
        assert stock(lot.pk).free == 3
        for each in (wrong, back):
            with pytest.raises(AlreadyTakenBack):
                take_back_delivery(delivery_id=each.pk, **undo())

    def test_a_reservation_unless_it_was_used(self) -> None:
        lot, kept_for = given(3), envelope()
        move = reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=2, **act())
        handed(1, week=LAST_WEEK + 0, allocation_id=None)
        take_back_move(move_id=move.pk, **undo())
        again = reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=2, **act())
        write_off(lot_id=lot.pk, place=Place.LOST, units=2, week=LAST_WEEK + 1, allocation_id=kept_for.pk, **act())
        with pytest.raises(NotEnough):
            take_back_move(move_id=again.pk, **undo())

    def test_a_lot_while_all_of_it_is_free(self) -> None:
        lot, used = given(3), given(2, item="boots")
        take_back_lot(lot_id=lot.pk, **undo())
        assert stock(lot.pk).procured == 0
        handed(1, item="boots")
        with pytest.raises(NotEnough):
            take_back_lot(lot_id=used.pk, **undo())


class TestTheDatabaseRefuses:
    """What operations check, the database checks again."""

    def refused(self, **fields: object) -> str:
        lot = fields.pop("lot")
        facts = {"lot": lot, "units": 1, "week": OCTOBER, "period": 202610, "request_key": "past the operations"}
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            StockMove.objects.create(**facts | fields)
        return str(refusal.value.__cause__.diag.constraint_name)

    def test_more_than_there_is(self) -> None:
        lot = given(3)
        assert self.refused(lot=lot, source="free", target="lost", units=4) == "stock_is_never_below_zero"

    def test_more_than_there_was_in_that_month(self) -> None:
        lot = given(3, week=LAST_WEEK)
        assert self.refused(lot=lot, source="free", target="lost") == "stock_is_never_below_zero"

    def test_a_way_that_does_not_exist(self) -> None:
        lot = given(3)
        assert self.refused(lot=lot, source="lost", target="free") == "stock_move_goes_a_way_there_is"

    def test_a_month_that_is_not_the_weeks(self) -> None:
        lot = given(3)
        assert self.refused(lot=lot, source="free", target="lost", period=202611) == "help_is_counted_in_its_month"

    def test_a_move_taken_back_with_other_figures(self) -> None:
        lot = given(3)
        lost = write_off(lot_id=lot.pk, place=Place.LOST, units=2, week=OCTOBER, **act())
        facts = {"source": "lost", "target": "free", "units": 1, "counters": lost}
        assert self.refused(lot=lot, **facts) == "stock_move_is_taken_back_exactly"

    def test_kept_for_one_released_for_another(self) -> None:
        lot, kept_for, other = given(3), envelope(), envelope(amount_minor=1_000)
        reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=2, **act())
        facts = {"source": "reserved", "target": "free", "allocation": other, "week": 202647, "period": 202611}
        assert self.refused(lot=lot, **facts) == "stock_is_never_below_zero"

    def test_a_change_of_what_was_written(self) -> None:
        lot = given(3)
        with pytest.raises(DatabaseError), transaction.atomic():
            StockMove.objects.filter(lot=lot).update(units=4)
