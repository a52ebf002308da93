"""The hosted pages in a browser: reachable, readable, usable without JavaScript."""

import os
import shutil
from collections.abc import Iterator

import pytest
import stripe
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from stripe_sandbox.testing import Client
from tests.factories.stripe_sandbox import (
    ASKS,
    DECLINES,
    PAYS,
    line_item,
    monthly_item,
    session_params,
    subscription_params,
)

pytestmark = pytest.mark.browser

NAMES = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in NAMES if name and (found := shutil.which(name))), None)
QUIET = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-sync"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "no Chromium on this machine; name one with CHROMIUM"
    with sync_playwright() as playwright:
        arguments = [f"--{name}" for name in (*QUIET, "disable-component-update")]
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments, timeout=180_000)
        yield running
        running.close()


def opened(browser: Browser, sandbox: Client, *, scheme: str, width: int, locale: str) -> Page:
    items = [line_item(name="Zimowy zestaw przetrwania", unit_amount=62_500, quantity=2)]
    params = session_params(line_items=items, locale=locale, success_url=sandbox.url + "/done?{CHECKOUT_SESSION_ID}")
    session = sandbox.stripe_client().v1.checkout.sessions.create(params)
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(session.url or "")
    return page


def check(page: Page) -> None:
    """Nothing for axe to find and nothing beyond the right edge."""
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def press(control: Locator) -> None:
    """Clicks what leads to another page, and waits until that stands."""
    with control.page.expect_navigation():
        control.click()


def send(page: Page) -> None:
    press(page.locator("form button[type=submit]").first)


@pytest.mark.parametrize(("scheme", "width", "locale"), [("light", 320, "pl"), ("dark", 1440, "en")])
def test_every_page_and_state_is_accessible(browser: Browser, sandbox: Client, scheme: str, width: int, locale: str):
    page = opened(browser, sandbox, scheme=scheme, width=width, locale=locale)
    paying = page.url
    check(page)
    page.fill("#email", "nobody")
    send(page)
    expect(page.get_by_role("alert")).to_be_focused()
    check(page)
    page.fill("#email", "anna@example.org")
    page.fill("#number", DECLINES)
    page.fill("#expiry", "12/49")
    page.fill("#cvc", "123")
    send(page)
    check(page)
    page.check("#method-blik")
    assert page.is_hidden("#number")
    page.fill("#blik", "123456")
    send(page)
    check(page)
    press(page.locator("button[value=time_out]"))
    page.check("#method-p24")
    page.select_option("#bank", "ing")
    send(page)
    check(page)
    press(page.locator("button[value=approve]"))
    page.wait_for_url("**/done?*")
    page.goto(paying)
    check(page)
    page.context.close()


def test_the_keyboard_is_enough(browser: Browser, sandbox: Client, api: stripe.StripeClient):
    page = opened(browser, sandbox, scheme="light", width=800, locale="pl")
    page.focus("#email")
    for typed in (None, "Anna Nowak", " ", PAYS, "1249", "123"):
        if typed is not None:
            page.keyboard.press("Tab")
            page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_url("**/done?cs_test_*")
    assert api.v1.charges.list().data[0].billing_details.name == "Anna Nowak"
    page.context.close()


def test_it_works_without_javascript(browser: Browser, sandbox: Client, api: stripe.StripeClient):
    params = session_params(success_url=sandbox.url + "/done?{CHECKOUT_SESSION_ID}")
    session = api.v1.checkout.sessions.create(params)
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(session.url or "")
    page.check("#method-blik")
    page.fill("#blik", "123456")
    send(page)
    press(page.locator("button[value=approve]"))
    page.wait_for_url(f"{sandbox.url}/done?{session.id}")
    assert api.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    page.context.close()


def filled(page: Page, number: str) -> None:
    page.fill("#number", number)
    page.fill("#expiry", "12/49")
    page.fill("#cvc", "123")


@pytest.mark.parametrize(("scheme", "width", "locale"), [("light", 320, "pl"), ("dark", 1440, "en")])
def test_the_pages_of_what_recurs_are_accessible(
    browser: Browser, sandbox: Client, api: stripe.StripeClient, scheme: str, width: int, locale: str
):
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}, locale=locale)
    page = context.new_page()
    done = sandbox.url + "/done?{CHECKOUT_SESSION_ID}"
    items = [monthly_item(interval="year"), line_item()]
    session = api.v1.checkout.sessions.create(subscription_params(locale=locale, success_url=done, line_items=items))
    page.goto(session.url or "")
    check(page)
    filled(page, ASKS)
    send(page)
    check(page)
    press(page.locator("button[value=approve]"))
    page.wait_for_url("**/done?*")
    customer = str(api.v1.checkout.sessions.retrieve(session.id).customer)
    kept = {"mode": "setup", "currency": "pln", "customer": customer, "success_url": done, "locale": locale}
    page.goto(api.v1.checkout.sessions.create(kept).url or "")
    check(page)
    portal = api.v1.billing_portal.sessions.create({"customer": customer, "locale": locale, "return_url": sandbox.url})
    walk_through(page, portal.url)
    subscription = api.v1.subscriptions.list({"customer": customer}).data[0]
    sandbox.change_card(str(subscription.default_payment_method), card=DECLINES)
    sandbox.advance(days=370)
    invoice = api.v1.invoices.list({"customer": customer, "status": "open"}).data[0]
    page.goto(invoice.hosted_invoice_url or "")
    check(page)
    press(page.locator("button[value=kept]"))
    expect(page.get_by_role("alert")).to_be_focused()
    check(page)
    context.close()


def walk_through(page: Page, portal: str) -> None:
    """The portal with the keyboard's and the eye's needs in mind: each page and each of its states."""
    page.goto(portal)
    check(page)
    press(page.get_by_role("link").first)
    check(page)
    page.goto(portal + "/card")
    check(page)
    filled(page, DECLINES)
    send(page)
    expect(page.get_by_role("alert")).to_be_focused()
    check(page)
    filled(page, PAYS)
    send(page)
    page.wait_for_url(portal)
    check(page)
    press(page.get_by_role("button").first)
    check(page)
    page.goto(portal + "/nothing")
    check(page)


def test_the_portal_needs_the_keyboard_alone_and_no_javascript(
    browser: Browser, sandbox: Client, api: stripe.StripeClient
):
    session = api.v1.checkout.sessions.create(subscription_params())
    sandbox.pay(session.id)
    after = api.v1.checkout.sessions.retrieve(session.id)
    portal = api.v1.billing_portal.sessions.create({"customer": str(after.customer), "locale": "en"})
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(portal.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cancel/*")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(portal.url)
    assert "Ends on" in page.inner_text("main")
    assert api.v1.subscriptions.retrieve(str(after.subscription)).cancel_at_period_end is True
    page.context.close()
