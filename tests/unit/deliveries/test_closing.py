"""An envelope is not closed while goods are kept for it, and none are kept for a closed one unsaid."""

import pytest

from aid_packages.deliveries.models import Place, StockMove
from aid_packages.deliveries.operations import release, reserve, take_back_delivery, take_back_move, write_off
from aid_packages.models import Allocation, AllocationState
from aid_packages.operations import StillReserved, WrongState, close_allocation
from aid_packages.queries import Reserved, reserved_in, reserved_in_closed
from tests.factories.aid_packages import make_staff
from tests.factories.deliveries import LAST_WEEK, act, envelope, given, handed
from tests.factories.time import NOW

pytestmark = pytest.mark.usefixtures("store")


def close(allocation: Allocation) -> Allocation:
    return close_allocation(
        allocation_id=allocation.pk, actor=make_staff("ada"), reason="all is accounted for", now=NOW
    )


def undo() -> dict:
    return {"actor": make_staff("ada"), "reason": "typed wrongly", "now": NOW}


def test_it_is_not_closed_while_goods_are_kept_for_it() -> None:
    lot, kept_for, other = given(10), envelope(amount_minor=9_000), envelope(amount_minor=1_000)
    reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=4, **act())
    with pytest.raises(StillReserved) as refused:
        close(kept_for)
    assert (refused.value.units, refused.value.lots) == (4, (lot.pk,))
    kept_for.refresh_from_db()
    assert kept_for.state == AllocationState.APPROVED
    assert reserved_in(allocation_id=kept_for.pk) == [Reserved(lot.pk, kept_for.pk, 4)]
    assert close(other).state == AllocationState.CLOSED, "what is kept for another hinders nobody"
    handed(3, week=LAST_WEEK, allocation_id=kept_for.pk)
    release(lot_id=lot.pk, allocation_id=kept_for.pk, units=1, **act())
    assert close(kept_for).state == AllocationState.CLOSED
    with pytest.raises(WrongState):
        reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=1, **act())


def test_nothing_is_reserved_for_a_closed_one_by_taking_a_move_back() -> None:
    lot, kept_for = given(10), envelope()
    reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=2, **act())
    write_off(lot_id=lot.pk, place=Place.LOST, units=1, week=LAST_WEEK, allocation_id=kept_for.pk, **act())
    release(lot_id=lot.pk, allocation_id=kept_for.pk, units=1, **act())
    close(kept_for)
    for move in StockMove.objects.filter(source=Place.RESERVED):
        with pytest.raises(WrongState):
            take_back_move(move_id=move.pk, **undo())
    assert reserved_in_closed() == []


def test_a_delivery_taken_back_after_the_closing_leaves_goods_that_are_named() -> None:
    lot, kept_for = given(10), envelope()
    reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=2, **act())
    wrong = handed(2, week=LAST_WEEK, allocation_id=kept_for.pk)
    close(kept_for)
    take_back_delivery(delivery_id=wrong.pk, **undo())
    assert reserved_in_closed() == [Reserved(lot.pk, kept_for.pk, 2)]
    release(lot_id=lot.pk, allocation_id=kept_for.pk, units=2, **act())
    assert reserved_in_closed() == []
