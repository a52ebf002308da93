"""The donor's whole way, from home to receipt, as different people in different browsers."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    DRY_BOOTS,
    WARM_NIGHT,
    arrive_at_thanks,
    be_declined,
    error_of,
    give_this_now,
    go_to_package,
    pay_by_bank,
    pay_by_blik,
    pay_by_card,
    press,
    put_in_basket,
    receipt_text,
    send_donor_form,
)
from tests.factories.stripe_sandbox import PAYS
from tests.support.browser import DESKTOP, PHONE, Readers, fits
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

Examine = Callable[..., None]
TITLES = {"pl": "Potwierdzenie darowizny", "en": "Donation confirmation"}
PACKAGES = {"pl": "Ciepła noc", "en": "A warm night"}
RIGHT_TO_LEFT_OVERRIDE = "\u202e"


@pytest.mark.parametrize(("language", "size", "scheme"), [("pl", PHONE, "light"), ("en", DESKTOP, "dark")])
def test_from_home_to_receipt(
    stack: Stack, readers: Readers, examine: Examine, language: str, size: tuple[int, int], scheme: str
) -> None:
    page = readers.open(f"{stack.url}/{language}/", size=size, language=language, scheme=scheme)
    examine(page, "1-home")
    go_to_package(page, need="warm-night", package=WARM_NIGHT)
    examine(page, "2-package")
    give_this_now(page, quantity="0")
    assert error_of(page, "id_quantity")
    examine(page, "3-package-refused")
    give_this_now(page, quantity="2")
    examine(page, "4-form")
    fill_in_wrongly(page)
    examine(page, "5-form-refused")
    for field in ("id_email", "id_name", "id_company_name", "id_nip", "id_recipient_email", "id_send_on"):
        assert error_of(page, field), field
    expect(page.get_by_role("alert").get_by_role("link")).not_to_have_count(0)
    fill_in(page)
    send_donor_form(page)
    page.wait_for_url(f"{stack.sandbox_url}/**")
    be_declined(page)
    examine(page, "6-declined", both_schemes=False)
    pay_by_card(page)
    arrive_at_thanks(page)
    examine(page, "7-thanks")
    text = receipt_text(page, stack.home)
    for part in (TITLES[language], PACKAGES[language], "Las i Ludzie sp. z o.o.", "5260250274"):
        assert part in text, text
    assert "mailto" not in text
    wait_for_mail(stack, to="anna.las@example.org")


def fill_in_wrongly(page: Page) -> None:
    page.locator("#id_email").fill("anna@@example")
    page.locator("#id_name").fill(f"Anna{RIGHT_TO_LEFT_OVERRIDE}Las")
    for fold in page.locator("details summary").all():
        fold.click()
    page.locator("#id_nip").fill("1234567890")
    page.locator("#id_recipient_email").fill("nobody")
    page.locator("#id_send_on").fill("2019-01-01")
    send_donor_form(page)


def fill_in(page: Page) -> None:
    page.locator("#id_email").fill("anna.las@example.org")
    page.locator("#id_name").fill("Anna Łąs 🌲")
    page.locator("#id_company_name").fill("Las i Ludzie sp. z o.o.")
    page.locator("#id_nip").fill("526-025-02-74")
    page.locator("#id_recipient_name").fill("Babcia Zosia")
    page.locator("#id_recipient_email").fill("zosia@example.org")
    page.locator("#id_message").fill("Wszystkiego ciepłego!")
    page.locator("#id_send_on").fill("")
    page.locator("#id_cover_fee").check()
    expect(page.locator(".give-button__sum--covered")).to_be_visible()


def wait_for_mail(stack: Stack, *, to: str) -> None:
    """The worker heard of the payment by the webhook or the return page, made the receipt and mailed it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any(f"To: {to}" in mail.read_text() for mail in stack.mails.glob("*")):
            return
        time.sleep(0.2)
    raise AssertionError(stack.complaints())


@pytest.mark.parametrize(("language", "size"), [("en", PHONE), ("pl", DESKTOP)])
def test_two_packages_through_the_basket(
    stack: Stack, readers: Readers, examine: Examine, language: str, size: tuple[int, int]
) -> None:
    start = f"{stack.url}/{language}"
    page = readers.open(f"{start}/basket/", size=size, language=language)
    examine(page, "1-empty")
    for package in (WARM_NIGHT, DRY_BOOTS):
        page.goto(f"{start}/packages/{package}/")
        put_in_basket(page)
    examine(page, "2-basket")
    lines = page.locator(".basket-line")
    expect(lines).to_have_count(2)
    lines.first.locator("[name=quantity]").fill("1000000000")
    press(lines.first.locator("[name=set]"))
    assert page.locator(".basket-line__error").inner_text()
    examine(page, "3-refused")
    lines.first.locator("[name=quantity]").fill("2")
    press(lines.first.locator("[name=set]"))
    press(page.locator("a.button--give[href$='/give/checkout/']"))
    page.locator("#id_email").fill("piotr@example.org")
    page.locator("#id_name").fill("Piotr")
    send_donor_form(page)
    page.wait_for_url(f"{stack.sandbox_url}/**")
    press(page.locator("a.back"))
    page.wait_for_url(f"{stack.url}/**/thank-you/**")
    examine(page, "4-cancelled")
    press(page.locator("main a.button--give"))
    expect(page.locator("#id_email")).to_have_value("piotr@example.org")
    expect(page.locator("#id_name")).to_have_value("Piotr")
    expect(page.locator(".summary-list__line")).to_have_count(3)
    send_donor_form(page)
    page.wait_for_url(f"{stack.sandbox_url}/**")
    first = page.url
    page.goto(f"{start}/basket/")
    examine(page, "5-payment-open")
    page.goto(first)
    pay_by_blik(page)
    arrive_at_thanks(page)
    expect(page.locator(".summary-list__line")).to_have_count(3)
    page.goto(f"{start}/basket/")
    expect(page.locator(".basket-line")).to_have_count(0)


@pytest.mark.parametrize(("language", "size"), [("pl", PHONE), ("en", DESKTOP)])
def test_without_javascript(stack: Stack, readers: Readers, language: str, size: tuple[int, int]) -> None:
    page = readers.open(f"{stack.url}/{language}/", size=size, language=language, javascript=False)
    go_to_package(page, need="warm-night", package=WARM_NIGHT)
    put_in_basket(page)
    page.goto(f"{stack.url}/{language}/packages/{DRY_BOOTS}/")
    put_in_basket(page, quantity="2")
    press(page.locator("a.button--give[href$='/give/checkout/']"))
    send_donor_form(page)
    assert error_of(page, "id_email")
    page.locator("#id_email").fill("bez.skryptow@example.org")
    page.locator("#id_cover_fee").check()
    send_donor_form(page)
    page.wait_for_url(f"{stack.sandbox_url}/**")
    be_declined(page)
    pay_by_blik(page)
    arrive_at_thanks(page)
    readers.snap(page, "thanks")
    text = receipt_text(page, stack.home)
    assert TITLES[language] in text
    assert PACKAGES[language] in text


def test_the_keyboard_is_enough(stack: Stack, readers: Readers) -> None:
    page = readers.open(f"{stack.url}/en/packages/{WARM_NIGHT}/", language="en")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#id_quantity")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_email")).to_be_visible()
    tab_to(page, "#id_email")
    page.keyboard.type("klawiatura@example.org")
    tab_to(page, "#id_cover_fee")
    page.keyboard.press("Space")
    tab_to(page, "button.give-button")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{stack.sandbox_url}/**")
    for field, typed in (("#email", "payer@example.org"), ("#number", PAYS), ("#expiry", "1249"), ("#cvc", "123")):
        tab_to(page, field)
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    arrive_at_thanks(page)
    tab_to(page, "a[href*='/receipt/']")
    assert TITLES["en"] in receipt_text(page, stack.home)


def tab_to(page: Page, target: str) -> None:
    """Moves on with Tab until the control is reached; what has the focus must show it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("target => document.activeElement.matches(target)", target):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            shadow = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
            assert outline != "none" or shadow != "none", f"{target}: nobody sees where the focus is"
            return
    raise AssertionError(f"no way to {target} with the keyboard on {page.url}")


@pytest.mark.parametrize(("language", "size"), [("pl", DESKTOP), ("en", PHONE)])
def test_a_free_sum_whose_bank_takes_its_time(
    stack: Stack, readers: Readers, examine: Examine, language: str, size: tuple[int, int]
) -> None:
    page = readers.open(f"{stack.url}/{language}/give/", size=size, language=language)
    examine(page, "1-give")
    page.locator("input[value=own]").check()
    for typed in ("0", "-5", "1e999", "NaN", "١٠٠", "10000000", "12,345", "sto"):
        page.locator("#id_own_amount").fill(typed)
        press(page.locator("main form button[type=submit]"))
        assert error_of(page, "id_own_amount"), typed
        expect(page.locator("#id_own_amount")).to_have_value(typed)
    examine(page, "2-refused")
    page.locator("#id_own_amount").fill("120,50" if language == "pl" else "120.50")
    press(page.locator("main form button[type=submit]"))
    page.locator("#id_email").fill("powoli@example.org")
    page.evaluate("document.querySelector('[name=expected_total]').value = '11900'")
    send_donor_form(page)
    expect(page.get_by_role("alert")).to_be_visible()
    examine(page, "3-sum-changed")
    send_donor_form(page)
    page.wait_for_url(f"{stack.sandbox_url}/**")
    stack.tell_sandbox("faults", kind="payment_pending")
    pay_by_bank(page, answer="approve")
    page.wait_for_url(f"{stack.url}/**/thank-you/**")
    looks = page.locator("main [role=status] a")
    expect(looks).to_have_count(2)
    press(looks.last)
    examine(page, "4-pending")
    stack.tell_sandbox("release")
    press(looks.first)
    arrive_at_thanks(page)


def test_a_payment_that_failed_and_pages_that_are_not_there(stack: Stack, readers: Readers, examine: Examine) -> None:
    page = readers.open(f"{stack.url}/pl/give/details/?amount=5000", size=PHONE)
    page.locator("#id_email").fill("niecierpliwa@example.org")
    send_donor_form(page)
    page.wait_for_url(f"{stack.sandbox_url}/**")
    pay_by_blik(page, answer="time_out")
    expect(page.get_by_role("alert")).to_be_visible()
    stack.tell_sandbox("faults", kind="payment_pending", outcome="fail")
    pay_by_blik(page)
    page.wait_for_url(f"{stack.url}/**/thank-you/**")
    stack.tell_sandbox("release")
    page.reload()
    examine(page, "1-failed")
    press(page.locator("main a.button--give"))
    expect(page.locator("#id_email")).to_have_value("niecierpliwa@example.org")
    for step, path in (
        ("2-no-page", "/pl/nie-ma/"),
        ("3-no-thanks", "/en/thank-you/abc/"),
        ("4-no-receipt", "/pl/receipt/abc/"),
    ):
        page.goto(stack.url + path)
        examine(page, step)
        expect(page.locator("main a").first).to_be_visible()


def test_forms_from_elsewhere_are_asked_once_more_or_refused(stack: Stack, readers: Readers, examine: Examine) -> None:
    page = readers.open(f"{stack.sandbox_url}/", size=PHONE)
    send_from_here(page, f"{stack.url}/pl/basket/add/", package=WARM_NIGHT, quantity="1")
    examine(page, "1-asked-once-more")
    press(page.locator("main form button"))
    expect(page.locator(".basket-line")).to_have_count(1)
    page.goto(f"{stack.sandbox_url}/")
    send_from_here(page, f"{stack.url}/pl/give/checkout/?package={WARM_NIGHT}", email="kto@example.org")
    examine(page, "2-refused")
    fits(page)


def send_from_here(page: Page, address: str, **fields: str) -> None:
    """A form that another site shows, sent to ours."""
    page.set_content(
        f"<form method='post' action='{address}'>"
        + "".join(f"<input name='{name}' value='{value}'>" for name, value in fields.items())
        + "<button>go</button></form>"
    )
    press(page.locator("button"))
    page.wait_for_url(address)
