"""An envelope is closed while goods are being reserved for it: one is refused; without the lock both would be done."""

import pytest

from aid_packages.deliveries.operations import reserve, stock
from aid_packages.models import Allocation
from aid_packages.operations import StillReserved, WrongState, allocations, close_allocation
from aid_packages.queries import reserved_in_closed
from tests.factories.aid_packages import make_staff
from tests.factories.deliveries import act, envelope, given, make_store_books
from tests.factories.time import NOW
from tests.support.database import CommittedDatabase
from tests.support.meeting import at_once, meet_after_looking


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets both come together after they have looked, or one of them where a lock keeps the other out."""
    meet_after_looking(monkeypatch, (stock, "held"), (allocations, "reserved_in"))


def both() -> list[str]:
    """What became of reserving and of closing."""
    lot, kept_for, ada = given(3), envelope(), make_staff("ada")
    asked = act()

    def reserving() -> object:
        return reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=2, **asked)

    def closing() -> object:
        return close_allocation(allocation_id=kept_for.pk, actor=ada, reason="done", now=NOW)

    return at_once(reserving, closing, refusals=(StillReserved, WrongState))


@pytest.mark.usefixtures("meet")
def test_one_of_the_two_is_refused(committed_db: CommittedDatabase) -> None:
    make_store_books()
    assert both() in (["StillReserved", "StockMove"], ["Allocation", "WrongState"])
    assert reserved_in_closed() == []


@pytest.mark.usefixtures("meet")
def test_without_the_lock_goods_are_kept_for_a_closed_one(
    committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_store_books()
    monkeypatch.setattr(stock, "lock_allocation", lambda *, allocation_id: Allocation.objects.get(pk=allocation_id))
    assert both() == ["Allocation", "StockMove"]
    assert [row.units for row in reserved_in_closed()] == [2]
