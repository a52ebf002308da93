"""The later life of help at the desk: emergencies, partners, debts, redirects, deficits; also with the keyboard alone."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from core.periods import WARSAW
from tests.browser.desk import act, desk_page, may, sign_in
from tests.support.browser import DESKTOP, PHONE, TABLET, Readers
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

Examine = Callable[..., None]


@pytest.mark.parametrize(("language", "size"), [("pl", DESKTOP), ("en", PHONE), ("pl", TABLET)])
def test_an_emergency_and_the_pages_of_help(
    stack: Stack, readers: Readers, examine: Examine, language: str, size: tuple[int, int]
) -> None:
    ada = sign_in(stack, readers, "ada", language=language, size=size)
    bartek = sign_in(stack, readers, "bartek", language=language, size=size)
    desk_page(ada, "allocations/")
    month = f"{datetime.now(UTC).astimezone(WARSAW):%Y-%m}"
    facts = {"fund": "WARM-NIGHT", "partner": "DEMO-FIELD", "region": "north", "first": month, "last": month}
    act(ada, "emergency", expect_done=False, **facts, amount="999999", purpose="Frost tonight")
    expect(ada.locator("#id_emergency-amount_error")).to_be_visible()
    examine(ada, "1-beyond-the-cap", both_schemes=False)
    act(ada, "emergency", amount="120")
    assert not may(ada, "countersign"), "nobody countersigns what they booked"
    envelope = re.findall(r"allocations/(\d+)/", ada.url)[0]

    bartek.goto(f"{stack.url}/{language}/dashboard/")
    examine(bartek, "2-waiting", both_schemes=False)
    desk_page(bartek, f"allocations/{envelope}/")
    examine(bartek, "3-emergency", both_schemes=False)
    act(bartek, "countersign")
    act(bartek, "grant", amount="100", attestation="Letter 7")
    examine(bartek, "4-granted", both_schemes=False)
    ada.reload()
    ada.locator("[id^='act-take_back-'] summary").click()
    examine(ada, "5-to-take-back", both_schemes=False)
    for number, page in enumerate(("grants", "payables", "partners", "redirects", "deficits"), start=6):
        desk_page(bartek, f"{page}/")
        examine(bartek, f"{number}-{page}", both_schemes=False)
    desk_page(bartek, "partners/")
    bartek.goto(str(bartek.locator("main table a").first.evaluate("link => link.href")))
    bartek.locator("#act-agree summary").click()
    examine(bartek, "11-partner", both_schemes=False)
    stack.manage("audit_ledger")


def test_a_need_is_ended_and_sends_on_with_the_keyboard_alone(stack: Stack, readers: Readers, examine: Examine) -> None:
    bartek = sign_in(stack, readers, "bartek", language="en", size=DESKTOP)
    desk_page(bartek, "redirects/")
    by_keyboard(bartek, "end_need", {"need": "Staying in contact", "reason": "nothing is asked for"})
    ada = sign_in(stack, readers, "ada", language="en", size=DESKTOP)
    desk_page(ada, "redirects/")
    name = str(ada.locator("[id^='act-propose-']").first.get_attribute("id")).removeprefix("act-")
    by_keyboard(ada, name, {"reason": "nothing is asked for"})
    examine(ada, "1-proposed", both_schemes=False)
    bartek.goto(ada.url)
    by_keyboard(bartek, "approve", {"reason": "as the clause says"})
    examine(bartek, "2-approved", both_schemes=False)
    stack.manage("audit_ledger")


def by_keyboard(page: Page, name: str, typed: dict[str, str]) -> None:
    """Opens an act's fold, types into its fields and sends it, with Tab and Enter from the page's beginning."""
    page.locator("body").press("Home")
    to(page, f"#act-{name} > summary")
    page.keyboard.press("Enter")
    for field, text in typed.items():
        to(page, f"#id_{name}-{field}")
        page.keyboard.type(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".alert-success")).to_be_visible()


def to(page: Page, control: str) -> None:
    """Tabs until the control has the focus."""
    wanted = page.locator(control)
    for _press in range(150):
        if wanted.evaluate("control => control === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {control} with the Tab key")
