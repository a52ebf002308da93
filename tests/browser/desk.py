"""What staff do at the desk: sign in, and act with a reason."""

import re

from playwright.sync_api import Page, expect

from tests.browser.steps import press
from tests.support.browser import Readers
from tests.support.stack import Stack


def sign_in(stack: Stack, readers: Readers, name: str, *, language: str, size: tuple[int, int]) -> Page:
    """The desk of ada, who prepares, or bartek, who approves, each in a browser of their own."""
    page = readers.open(f"{stack.url}/{language}/dashboard/", size=size, language=language)
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(stack.passwords[name])
    press(page.locator("main button[type=submit]"))
    expect(page.locator(".desk-menu")).to_be_visible()
    return page


def desk_page(page: Page, path: str) -> None:
    """Another of the desk's pages, in the same language."""
    start = re.match(r"https?://[^/]+/\w\w/", page.url)
    assert start
    page.goto(f"{start[0]}dashboard/desk/{path}")


def act(page: Page, name: str, *, expect_done: bool = True, **fields: str) -> None:
    """Opens the fold of an act, fills its fields in, and sends it."""
    fold = page.locator(f"#act-{name}")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    for field, value in {"reason": "because it is right", **fields}.items():
        control = fold.locator(f"#id_{name}-{field}")
        if control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    press(fold.locator("button[type=submit]"))
    if expect_done:
        expect(page.locator(".alert-success")).to_be_visible()


def may(page: Page, name: str) -> bool:
    """Whether the page offers an act to this reader."""
    return page.locator(f"#act-{name}").count() == 1
