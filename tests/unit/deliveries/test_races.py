"""Two people hand on the last sleeping bag. One is told that it is gone; without the lock both would have handed it on."""

import psycopg
import pytest

from aid_packages.deliveries.models import Place
from aid_packages.deliveries.operations import NotEnough, deliveries, stock, write_off
from aid_packages.deliveries.queries import stock_of
from ledger import audit
from tests.factories.deliveries import LAST_WEEK, act, given, handed, make_store_books
from tests.support.database import CommittedDatabase
from tests.support.meeting import at_once, meet_after_looking

NO_LOCK = "CREATE OR REPLACE FUNCTION deliveries_hold_lot(p_lot_id bigint) RETURNS void LANGUAGE sql AS $$ SELECT $$"
NO_CHECK = "DROP TRIGGER deliveries_stock_holds ON deliveries_stockmove"


@pytest.fixture
def last_bag(committed_db: CommittedDatabase) -> int:
    """One sleeping bag; its lot's id."""
    make_store_books()
    return given(1).pk


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets both come together after they have looked into the store, or one of them where a lock keeps the other out."""
    meet_after_looking(monkeypatch, (deliveries, "held"), (stock, "held"))


def found() -> set[str]:
    return {finding.name for finding in audit.run().findings}


@pytest.mark.usefixtures("meet")
def test_two_people_hand_on_the_last_one(last_bag: int) -> None:
    assert at_once(lambda: handed(1), lambda: handed(1), refusals=(NotEnough,)) == ["Delivery", "NotEnough"]
    assert stock_of(lot_ids=[last_bag])[last_bag].delivered == 1
    assert found() == set()


@pytest.mark.usefixtures("meet")
def test_one_hands_it_on_while_another_writes_it_off(last_bag: int) -> None:
    lost = act()
    gone = at_once(
        lambda: handed(1),
        lambda: write_off(lot_id=last_bag, place=Place.LOST, units=1, week=LAST_WEEK, **lost),
        refusals=(NotEnough,),
    )
    assert gone in (["Delivery", "NotEnough"], ["NotEnough", "StockMove"])
    assert found() == set()


@pytest.mark.usefixtures("meet")
def test_without_the_lots_lock_and_the_databases_check_both_would(
    last_bag: int, committed_db: CommittedDatabase
) -> None:
    with psycopg.connect(committed_db.owner_url) as owner:
        owner.execute(NO_LOCK)
        owner.execute(NO_CHECK)

    assert at_once(lambda: handed(1), lambda: handed(1), refusals=(NotEnough,)) == ["Delivery", "Delivery"]
    assert stock_of(lot_ids=[last_bag])[last_bag].free == -1
    assert "of every lot, reserved + free + gone = procured" in found()
