"""The donor's own pages, from signing in to the farewell: with the keyboard alone, in two languages, and without scripts."""

import email
import email.policy
import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import error_of, pay_by_card, press
from tests.browser.test_giving import tab_to
from tests.factories.stripe_sandbox import PAYS
from tests.support.browser import DESKTOP, PHONE, Readers
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

Examine = Callable[..., None]
BETWEEN_MAILS = "\n" + "-" * 79 + "\n"


@pytest.mark.parametrize(("language", "size", "scheme"), [("pl", PHONE, "light"), ("en", DESKTOP, "dark")])
def test_the_whole_portal_with_the_keyboard_alone(
    stack: Stack, readers: Readers, examine: Examine, language: str, size: tuple[int, int], scheme: str
) -> None:
    address = f"klawiatura-{language}@example.org"
    page = readers.open(f"{stack.url}/{language}/", size=size, language=language, scheme=scheme)

    def look(step: str) -> None:
        examine(page, step, both_schemes=False)

    give_each_month(page, stack, language=language, address=address)
    sign_in_by_code(page, stack, language=language, address=address, look=look)
    look("03-home")
    follow(page, ".monthly-card__link")
    expect(page.locator(".next-dates__day")).to_have_count(3)
    look("04-monthly")
    steer(page, look=look)
    look_around(page, stack, language=language, look=look)
    leave(page, look=look)


def steer(page: Page, *, look: Callable[[str], None]) -> None:
    """Every act on the monthly gift, each told from what was read back."""
    follow(page, "main a[href$='/change/']")
    look("05-change")
    type_over(page, "#id_sum", "sto")
    send(page)
    assert error_of(page, "id_sum")
    look("06-change-refused")
    type_over(page, "#id_sum", "80")
    send(page)
    told(page, "80")
    look("07-changed")
    follow(page, "main a[href$='/skip/']")
    look("08-skip")
    follow(page, "main form.one-act__form button")
    told(page, "80")
    expect(page.locator(".next-dates__day--skipped")).to_have_count(1)
    follow(page, "main a[href$='/resume/']")
    follow(page, "main form.one-act__form button")
    told(page, "80")
    follow(page, "main a[href$='/pause/']")
    tab_to(page, "#id_months")
    page.keyboard.press("ArrowDown")
    look("09-pause")
    follow(page, "main form button[type=submit]:not(.own-nav__button)")
    told(page, "80")
    look("10-paused")
    follow(page, "main a[href$='/resume/']")
    follow(page, "main form.one-act__form button")
    give_another_card(page, look=look)
    follow(page, "main a[href$='/cancel/']")
    look("12-cancel")
    follow(page, "main form button[type=submit]:not(.own-nav__button)")
    told(page, "80")
    expect(page.locator(".next-dates__day")).to_have_count(0)
    look("13-ended")
    follow(page, "main a[href$='/restart/']")
    look("14-restart")
    follow(page, "main form.one-act__form button")
    told(page, "80")
    expect(page.locator(".next-dates__day")).to_have_count(3)
    follow(page, "main a[href$='/cancel/']")
    follow(page, "main form button[type=submit]:not(.own-nav__button)")


def give_another_card(page: Page, *, look: Callable[[str], None]) -> None:
    """On the provider's page and back."""
    follow(page, "main a[href$='/card/']")
    look("11-card")
    follow(page, "main form.one-act__form button")
    for field, typed in (("#email", "payer@example.org"), ("#number", PAYS), ("#expiry", "1249"), ("#cvc", "123")):
        if page.locator(field).count():
            tab_to(page, field)
            page.keyboard.type(typed)
    with page.expect_navigation(url="**/my-giving/monthly/**"):
        page.keyboard.press("Enter")
    told(page, "80")


def look_around(page: Page, stack: Stack, *, language: str, look: Callable[[str], None]) -> None:
    """Everything beside the monthly gift."""
    follow(page, ".own-nav__link[href$='/statements/']")
    look("15-statements")
    follow(page, "main a[href$='/claim/']")
    tab_to(page, "#id_code")
    page.keyboard.type("2026/000001 AAAA-BBBB-CCCC-DDDD")
    send(page)
    assert error_of(page, "id_code")
    look("16-claim-refused")
    follow(page, ".own-nav__link[href$='/cards/']")
    look("17-cards")
    follow(page, ".own-nav__link[href$='/details/']")
    type_over(page, "#id_name", "Zofia Łąs")
    send(page)
    told(page, "")
    expect(page.locator("#id_name")).to_have_value("Zofia Łąs")
    look("18-details")
    follow(page, ".own-nav__link[href$='/mails/']")
    tab_to(page, "#id_upgrade_offers")
    page.keyboard.press("Space")
    follow(page, "main form button[type=submit]:not(.own-nav__button)")
    expect(page.locator("#id_upgrade_offers")).not_to_be_checked()
    look("19-mails")
    page.goto(f"{stack.url}/{language}/my-giving/")
    if page.locator(".gift-list__day a").count():
        follow(page, ".gift-list__day a")
        look("20-gift")


def leave(page: Page, *, look: Callable[[str], None]) -> None:
    """Read everything held, and have it erased."""
    follow(page, ".own-nav__link[href$='/privacy/']")
    look("21-privacy")
    follow(page, "main a[href$='/export/page/']")
    expect(page.locator("main")).to_contain_text("Zofia Łąs")
    look("22-export")
    follow(page, ".own-nav__link[href$='/privacy/']")
    follow(page, "main a[href$='/erase/']")
    look("23-erase")
    follow(page, "main form button[type=submit]:not(.own-nav__button)")
    assert error_of(page, "id_sure")
    tab_to(page, "#id_sure")
    page.keyboard.press("Space")
    follow(page, "main form button[type=submit]:not(.own-nav__button)")
    expect(page.locator(".own-nav")).to_have_count(0)
    look("24-erased")
    assert "my_giving" not in {cookie["name"] for cookie in page.context.cookies()}


def test_without_scripts_by_the_link(stack: Stack, readers: Readers) -> None:
    address = "bez-skryptow@example.org"
    page = readers.open(f"{stack.url}/en/", size=PHONE, language="en", javascript=False)
    give_each_month(page, stack, language="en", address=address)
    page.goto(f"{stack.url}/en/my-giving/cards/")
    page.locator("#id_email").fill(address)
    press(page.locator("main form button[type=submit]"))
    text = newest_mail(stack, to=address, holding="/sign-in/link/")
    link = found_in(text, r"https?://\S+/sign-in/link/\S+/")
    elsewhere = readers.open(link, language="en")
    expect(elsewhere.locator("main form")).to_have_count(0)
    page.goto(link)
    press(page.locator("main form.one-act__form button"))
    assert page.url == f"{stack.url}/en/my-giving/cards/"
    press(page.locator(".own-nav__link[href$='/my-giving/']"))
    press(page.locator(".monthly-card__link"))
    press(page.locator("main a[href$='/change/']"))
    page.locator("#id_sum").fill("65")
    press(page.locator("main form button[type=submit]:not(.own-nav__button)"))
    told(page, "65")
    press(page.locator("main a[href$='/cancel/']"))
    press(page.locator("main form button[type=submit]:not(.own-nav__button)"))
    told(page, "65")
    press(page.locator(".own-nav__button"))
    page.goto(f"{stack.url}/en/my-giving/")
    expect(page.locator("#id_email")).to_be_visible()


def test_the_first_mail_stops_what_was_not_meant(stack: Stack, readers: Readers, examine: Examine) -> None:
    address = "nie-tak@example.org"
    page = readers.open(f"{stack.url}/pl/", size=PHONE)
    give_each_month(page, stack, language="pl", address=address)
    link = found_in(newest_mail(stack, to=address, holding="/monthly/undo/"), r"https?://\S+/monthly/undo/\S+/")
    stranger = readers.open(link, size=PHONE)
    examine(stranger, "1-undo")
    press(stranger.locator("main form.one-act__form button"))
    told(stranger, "50")
    examine(stranger, "2-undone")
    expect(stranger.locator("main form")).to_have_count(0)


# --- steps ---


def give_each_month(page: Page, stack: Stack, *, language: str, address: str) -> None:
    """Begins a monthly gift by card, with the first donation made at once if today can be."""
    page.goto(f"{stack.url}/{language}/give/monthly/details/?amount=5000&need=warm-night")
    page.locator("#id_email").fill(address)
    press(page.locator("main form button[type=submit]"))
    page.wait_for_url(f"{stack.sandbox_url}/**")
    pay_by_card(page)
    page.wait_for_url(f"{stack.url}/**/thank-you/monthly/**")
    newest_mail(stack, to=address, holding="/monthly/undo/")


def sign_in_by_code(page: Page, stack: Stack, *, language: str, address: str, look: Callable[[str], None]) -> None:
    page.goto(f"{stack.url}/{language}/my-giving/")
    tab_to(page, "#id_email")
    page.keyboard.type("anna@@example")
    send(page)
    assert error_of(page, "id_email")
    look("01-sign-in-refused")
    type_over(page, "#id_email", address)
    send(page)
    expect(page.locator("#id_code")).to_be_visible()
    code = found_in(newest_mail(stack, to=address, holding="/sign-in/link/"), r"\b\d{3} ?\d{3}\b")
    wrong = "000000" if code.replace(" ", "") != "000000" else "000001"
    type_over(page, "#id_code", wrong)
    send(page)
    assert error_of(page, "id_code")
    look("02-code-refused")
    type_over(page, "#id_code", code)
    send(page)
    expect(page.locator(".own-nav")).to_be_visible()


def follow(page: Page, target: str) -> None:
    """Moves to a link or a button with Tab and presses it."""
    tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_over(page: Page, field: str, typed: str) -> None:
    tab_to(page, field)
    page.keyboard.press("Control+A")
    page.keyboard.type(typed)


def send(page: Page) -> None:
    """Sends the form one is typing in."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def told(page: Page, sum_text: str) -> None:
    """The page says how the act ended, from what was read back."""
    expect(page.locator("#told")).to_be_visible()
    expect(page.locator("#told.told--success")).to_contain_text(sum_text)


def newest_mail(stack: Stack, *, to: str, holding: str) -> str:
    """The text of the newest mail to somebody that holds these words; waits for the worker."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for file in sorted(stack.mails.glob("*"), key=lambda each: each.stat().st_mtime, reverse=True):
            for raw in reversed(file.read_text(errors="replace").split(BETWEEN_MAILS)):
                text = text_of(raw) if f"To: {to}" in raw else ""
                if holding in text:
                    return text
        time.sleep(0.2)
    raise AssertionError(stack.complaints())


def text_of(raw: str) -> str:
    message = email.message_from_string(raw.lstrip(), policy=email.policy.default)
    body = message.get_body(("plain",))
    return str(body.get_content()) if body else ""


def found_in(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found.group()
