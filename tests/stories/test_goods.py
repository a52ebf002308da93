"""Money becomes things, and things reach people: counted in units, down to the last sleeping bag."""

import threading
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from aid_packages.deliveries.models import Delivery, ImportRun, Lot
from aid_packages.models import SpendingDocument
from ledger.queries import fund_balance
from tests.factories.imports import deliveries_csv
from tests.stories.desk import Desk, bank_account_opens
from tests.stories.units import compare_units
from tests.support.story import Clock, Story

pytestmark = pytest.mark.money

NOBODY_COUNTED = {"people": "", "nationalities": "", "allocation": ""}


@pytest.fixture(autouse=True)
def _store(story: Story, ada: Desk, bartek: Desk) -> None:
    """5,000 zł for warm nights, an item, and an envelope of our own that the house may spend."""
    bank_account_opens(fund="WARM-NIGHT", amount_minor=500_000, clock=story.clock)
    ada.does(
        "goods/",
        "name",
        code="sleeping-bag",
        kind="goods",
        unit="piece",
        title_pl="Śpiwór do -5 °C",
        title_en="Sleeping bag to -5 °C",
        reason="the first thing we hand on",
    )


def buys(ada: Desk, bartek: Desk, *, units: int, total: str, week: str = "2026-W47") -> Lot:
    """Sleeping bags on an invoice that the other person accepts."""
    envelope = ada.drafts(fund="WARM-NIGHT", amount=total, purpose="Sleeping bags for our own store")
    bartek.approves(envelope)
    bartek.accepts(ada.records(envelope, f"F/{units}", total, act="purchase"))
    ada.does(
        "lots/",
        "buy",
        item="sleeping-bag",
        units=units,
        cost=total,
        document=SpendingDocument.objects.get(number=f"F/{units}").pk,
        fund="WARM-NIGHT",
        region="north",
        week=week,
        use_by="",
        reason="counted at the door",
    )
    return Lot.objects.latest("pk")


def hands_on(units: int, week: str, **changed: Any) -> dict[str, Any]:
    """The form of a delivery of sleeping bags."""
    empty = {f"{name}-{line}": "" for name in ("item", "units") for line in (2, 3, 4)}
    typed = {"fund": "WARM-NIGHT", "region": "north", "week": week, "item-1": "sleeping-bag", "units-1": units}
    return {**empty, **NOBODY_COUNTED, **typed, "reason": "from the team's list", **changed}


def test_sleeping_bags_are_bought_and_reach_people(ada: Desk, bartek: Desk, clock: Clock, story: Story) -> None:
    """The house buys ten sleeping bags for 1,290 zł; eight reach people, one is soaked, one stays."""
    lot = buys(ada, bartek, units=10, total="1290")
    assert fund_balance(code="WARM-NIGHT") == 371_000
    assert "not over yet" in ada.is_refused("deliveries/", "record", **hands_on(3, "2026-W47"))
    clock.passes(days=9)
    ada.does("deliveries/", "record", **hands_on(8, "2026-W48", people="8", nationalities="3"))
    ada.does(f"lots/{lot.pk}/", "write_off", place="lost", units="1", week="2026-W48", allocation="", reason="soaked")
    assert "1 unit is there" in ada.is_refused("deliveries/", "record", **hands_on(2, "2026-W48"))
    compare_units(name="sleeping_bags_are_bought_and_reach_people", story=story)


def test_two_people_hand_on_the_last_one(ada: Desk, bartek: Desk, clock: Clock, story: Story) -> None:
    """One sleeping bag is left, and two lists of the same week are typed in at the same second: one is told it is gone."""
    buys(ada, bartek, units=1, total="129")
    clock.passes(days=9)
    seats = [ada.seat.hidden("deliveries/", "record") for _list in range(2)]
    forms = [{**seat, **{f"record-{name}": value for name, value in hands_on(1, "2026-W48").items()}} for seat in seats]
    together, answers = threading.Barrier(2), []

    def record(form: dict[str, str]) -> None:
        together.wait()
        answers.append(ada.seat.send("deliveries/", form).status_code)
        connection.close()

    both = [threading.Thread(target=record, args=[form]) for form in forms]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(answers) == [302, 422]
    compare_units(name="two_people_hand_on_the_last_one", story=story)


def test_a_spreadsheet_is_tried_then_booked(ada: Desk, bartek: Desk, clock: Clock, story: Story) -> None:
    """The team's list has a bad row: nothing is booked. Mended, all of it is, and a wrong delivery is taken back."""
    buys(ada, bartek, units=6, total="774")
    clock.passes(days=9)
    row = ["", "sleeping-bag", 2, "warm-night", "north", "2026-W48", "", "", ""]
    assert "What is wrong" in hands_in(ada, deliveries_csv(row, [*row[:2], "two", *row[3:]]))
    assert not Delivery.objects.exists()
    hands_in(ada, deliveries_csv(row, [*row[:2], 3, *row[3:]]))
    ada.does(f"imports/{ImportRun.objects.latest('pk').pk}/", "confirm", reason="the team's list of the week")
    story.everybody_does_their_part()
    assert Delivery.objects.count() == 2
    ada.does(f"deliveries/{Delivery.objects.latest('pk').pk}/", "take_back", reason="these were the week before's")
    compare_units(name="a_spreadsheet_is_tried_then_booked", story=story)


def hands_in(ada: Desk, content: bytes) -> str:
    """What the import's page says."""
    file = SimpleUploadedFile("list.csv", content)
    answer = ada.seat.client.post("/en/dashboard/desk/imports/", {"kind": "deliveries", "file": file})
    return ada.reads(answer["Location"].split("/desk/")[1])
