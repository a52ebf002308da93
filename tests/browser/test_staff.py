"""From allocation to published report: one person prepares, another decides, everybody reads."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Route, expect

from core.periods import WARSAW
from tests.browser.desk import act, desk_page, may, sign_in
from tests.browser.steps import arrive_at_thanks, pay_by_card, press, send_donor_form
from tests.support.browser import DESKTOP, PHONE, TABLET, Readers
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

Examine = Callable[..., None]
NIP = "5260250274"


def today() -> datetime:
    return datetime.now(UTC).astimezone(WARSAW)


@pytest.mark.parametrize(("language", "size"), [("en", DESKTOP), ("pl", PHONE)])
def test_from_allocation_to_document(
    stack: Stack, readers: Readers, examine: Examine, language: str, size: tuple[int, int]
) -> None:
    ada = sign_in(stack, readers, "ada", language=language, size=size)
    bartek = sign_in(stack, readers, "bartek", language=language, size=size)
    draft(ada, examine)
    envelope = re.findall(r"allocations/(\d+)/", ada.url)[0]
    assert not may(ada, "approve"), "nobody approves what they have drafted"

    bartek.goto(f"{stack.url}/{language}/dashboard/")
    examine(bartek, "4-waiting", both_schemes=False)
    press(bartek.locator(f"main a[href$='/allocations/{envelope}/']"))
    act(bartek, "approve")
    act(bartek, "advance", amount="500")
    examine(bartek, "5-approved", both_schemes=False)

    ada.reload()
    facts = {"issuer_nip": NIP, "number": f"FV {language}/{envelope}", "issued_on": today().date().isoformat()}
    act(ada, "document", expect_done=False, **facts | {"issuer_nip": "1234567890", "total": "1e999"})
    expect(ada.locator("#id_document-issuer_nip_error")).to_be_visible()
    expect(ada.locator("#id_document-total_error")).to_be_visible()
    examine(ada, "6-document-refused", both_schemes=False)
    act(ada, "document", **facts, total="400")
    press(ada.locator("main a[href*='/documents/']").last)
    assert not may(ada, "accept"), "nobody accepts what they have recorded"
    bartek.goto(ada.url)
    act(bartek, "accept")
    examine(bartek, "7-accepted", both_schemes=False)

    desk_page(ada, f"allocations/{envelope}/")
    act(ada, "return", amount="100")
    act(ada, "close")
    examine(ada, "8-closed", both_schemes=False)
    stack.manage("audit_ledger")


@contextmanager
def looks_that_wait(page: Page) -> Iterator[None]:
    """Inside, a page that looks by itself how its work goes on gets no answer yet: it would be made anew while examined."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.resource_type == "fetch":
            held.append(route)
        else:
            route.fallback()

    page.route("**/*", hold)
    yield
    page.unroute("**/*", hold)
    for route in held:
        route.continue_()


def draft(ada: Page, examine: Examine) -> None:
    """First with a sum that can't be, then rightly."""
    desk_page(ada, "allocations/")
    examine(ada, "1-allocations", both_schemes=False)
    month = f"{today():%Y-%m}"
    facts = {"fund": "WARM-NIGHT", "partner": "DEMO-FIELD", "region": "north", "first": month, "last": month}
    act(ada, "draft", expect_done=False, **facts, amount="0", purpose="Warm nights", reason="")
    for field in ("amount", "reason"):
        expect(ada.locator(f"#id_draft-{field}_error")).to_be_visible()
        expect(ada.locator(f"#id_draft-{field}")).to_have_attribute("aria-invalid", "true")
    expect(ada.locator("#id_draft-purpose")).to_have_value("Warm nights")
    examine(ada, "2-refused", both_schemes=False)
    act(ada, "draft", amount="700", purpose="Warm nights")
    examine(ada, "3-drafted", both_schemes=False)


@pytest.mark.parametrize(("language", "size"), [("pl", DESKTOP), ("en", PHONE)])
def test_from_request_to_published_report(
    stack: Stack, readers: Readers, examine: Examine, language: str, size: tuple[int, int]
) -> None:
    ada = sign_in(stack, readers, "ada", language=language, size=size)
    desk_page(ada, "reports/")
    examine(ada, "1-reports", both_schemes=False)
    act(ada, "ask", expect_done=False, kind="month", month=f"{today():%Y-%m}")
    expect(ada.locator("#id_ask-month_error")).to_be_visible()
    with looks_that_wait(ada):
        act(ada, "ask", kind="to_date", month="")
        if ada.locator("[data-progress]").count():
            examine(ada, "2-progress", both_schemes=False)
    expect(ada.locator("#act-send")).to_be_visible()
    act(ada, "send")
    assert not may(ada, "publish"), "nobody publishes what they have prepared"

    bartek = sign_in(stack, readers, "bartek", language=language, size=size)
    bartek.goto(ada.url)
    examine(bartek, "3-review", both_schemes=False)
    act(bartek, "publish")
    press(bartek.locator("main a[href*='/reports/2']").first)
    public = bartek.url

    page = readers.open(public, size=size, language=language)
    examine(page, "4-public")
    expect(page.locator("h1")).to_be_visible()
    read_downloads(page)


def read_downloads(page: Page) -> None:
    """The files hold what the page shows."""
    links = {
        kind: str(page.locator(f"main a[href$='.{kind}']").first.evaluate("link => link.href"))
        for kind in ("json", "csv")
    }
    content = json.loads(page.request.get(links["json"]).body())
    assert content
    rows = list(csv.reader(io.StringIO(page.request.get(links["csv"]).body().decode("utf-8-sig"))))
    assert len(rows) > 5
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("language", ["en", "pl"])
def test_money_goes_back(stack: Stack, readers: Readers, examine: Examine, language: str) -> None:
    address = f"wraca.{language}@example.org"
    donor = readers.open(f"{stack.url}/{language}/give/details/?amount=5000", language=language)
    donor.locator("#id_email").fill(address)
    send_donor_form(donor)
    donor.wait_for_url(f"{stack.sandbox_url}/**")
    pay_by_card(donor)
    arrive_at_thanks(donor)

    bartek = sign_in(stack, readers, "bartek", language=language, size=TABLET)
    desk_page(bartek, "donations/")
    examine(bartek, "1-donations", both_schemes=False)
    bartek.locator("details:has(#id_email) summary").click()
    bartek.locator("#id_email").fill(address)
    press(bartek.locator("form:has(#id_email) button[type=submit]"))
    press(bartek.locator("main table a[href*='/donations/']").first)
    act(bartek, "refund", expect_done=False, amount="50,01" if language == "pl" else "50.01")
    expect(bartek.locator("#id_refund-amount_error")).to_be_visible()
    examine(bartek, "2-too-much", both_schemes=False)
    act(bartek, "refund", amount="20")
    act(bartek, "refund", amount="20")
    examine(bartek, "3-given-back", both_schemes=False)
    assert address.split("@", maxsplit=1)[0] not in bartek.locator("main").inner_text(), (
        "who gave it is nobody's business here"
    )
    donor.reload()
    expect(donor.locator("main")).to_contain_text("40")
    act(bartek, "refund", amount="10")
    donor.reload()
    expect(donor.locator(".receipt-box")).to_have_count(0)
    examine(donor, "4-donor-told")
    stack.manage("audit_ledger")


@pytest.mark.parametrize(("language", "size"), [("en", TABLET), ("pl", PHONE)])
def test_the_rest_of_the_desk(
    stack: Stack, readers: Readers, examine: Examine, language: str, size: tuple[int, int]
) -> None:
    page = readers.open(f"{stack.url}/{language}/dashboard/", size=size, language=language)
    page.locator("#id_username").fill("ada")
    page.locator("#id_password").fill("wrong")
    press(page.locator("main button[type=submit]"))
    examine(page, "sign-in", both_schemes=False)
    page = sign_in(stack, readers, "ada", language=language, size=size)
    for step in ("documents", "funds", "unmatched", "mails", "trail"):
        desk_page(page, f"{step}/")
        examine(page, step, both_schemes=False)
    desk_page(page, "funds/WARM-NIGHT/")
    examine(page, "one-fund", both_schemes=False)
