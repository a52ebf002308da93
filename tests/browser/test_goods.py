"""Goods at the desk: taken in, handed on with the keyboard alone, and a list that comes from a spreadsheet."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from aid_packages.deliveries.weeks import week_of, week_text
from tests.browser.desk import act, desk_page, sign_in
from tests.browser.steps import press
from tests.support.browser import DESKTOP, PHONE, Readers
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

Examine = Callable[..., None]
NEED = {"pl": "Ciepło w nocy", "en": "Warmth at night"}
MOST_STEPS = 60
STEPS_TO = """label => {
  const list = document.activeElement;
  return [...list.options].findIndex(option => option.text === label) - list.selectedIndex;
}"""
"""How often the arrow down is pressed in a list until it says a label."""


def week(*, ago: int) -> str:
    """The week so many weeks ago, as it is typed."""
    return week_text(week_of(datetime.now(UTC) - timedelta(weeks=ago)))


@pytest.mark.parametrize(("language", "size"), [("pl", DESKTOP), ("en", PHONE)])
def test_from_a_lot_to_a_list(
    stack: Stack, readers: Readers, examine: Examine, language: str, size: tuple[int, int]
) -> None:
    ada = sign_in(stack, readers, "ada", language=language, size=size)
    code = f"blanket-{language}"
    desk_page(ada, "goods/")
    examine(ada, "1-goods", both_schemes=False)
    item = {"code": code, "kind": "goods", "unit": "piece", "title_pl": f"Koc {language}"}
    act(ada, "name", expect_done=False, **item, title_en="")
    expect(ada.locator("#id_name-title_en_error")).to_be_visible()
    act(ada, "name", **item, title_en=f"Blanket {language}")

    desk_page(ada, "lots/")
    where = {"fund": "WARM-NIGHT", "region": "north", "week": week(ago=3)}
    act(ada, "receive", item=code, units="5", cost="100", basis="price_list", **where)
    examine(ada, "2-lot", both_schemes=False)

    desk_page(ada, "deliveries/")
    hand_on(
        ada,
        {"item-1": f"{'Koc' if language == 'pl' else 'Blanket'} {language}", "units-1": "2", "fund": NEED[language]},
    )
    expect(ada.locator(".alert-success")).to_be_visible()
    examine(ada, "3-delivery", both_schemes=False)

    desk_page(ada, "imports/")
    examine(ada, "4-imports", both_schemes=False)
    hand_in(ada, f";{code};9;warm-night;north;{week(ago=2)};;;")
    expect(ada.locator("#faults").first).to_be_visible()
    examine(ada, "5-faults", both_schemes=False)
    desk_page(ada, "imports/")
    hand_in(ada, f";{code};3;warm-night;north;{week(ago=2)};;;")
    expect(ada.locator("#act-confirm")).to_be_visible()
    examine(ada, "6-tried", both_schemes=False)
    act(ada, "confirm")
    expect(ada.locator(".desk-state-booked")).to_be_visible()
    stack.manage("audit_ledger")


def hand_on(ada: Page, typed: dict[str, str]) -> None:
    """Records a delivery with the keyboard alone, from field to field as they follow one another."""
    typed = {**typed, "reason": "from the team's list", "week": week(ago=1)}
    ada.locator("#act-record summary").focus()
    ada.keyboard.press("Enter")
    for _step in range(MOST_STEPS):
        ada.keyboard.press("Tab")
        name, kind = ada.evaluate("[document.activeElement.id, document.activeElement.type]")
        if kind == "submit":
            with ada.expect_navigation():
                ada.keyboard.press("Enter")
            return
        value = typed.get(name.removeprefix("id_record-"))
        if value and kind == "select-one":
            for _option in range(ada.evaluate(STEPS_TO, value)):
                ada.keyboard.press("ArrowDown")
        elif value:
            ada.keyboard.press("Control+A")
            ada.keyboard.type(value)
    raise AssertionError("the button was never reached")


def hand_in(ada: Page, row: str) -> None:
    """A file with one delivery."""
    head = "razem;rzecz;sztuk;potrzeba;region;tydzień;osób;narodowości;przydział"
    ada.locator("#id_upload_kind").select_option("deliveries")
    content = f"\ufeff{head}\r\n{row}\r\n".encode()
    ada.locator("#id_upload_file").set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": content})
    press(ada.locator("#hand-in button[type=submit]"))
