"""Every public page as somebody sees it who has never been here: light, readable, alone with us, and without a cookie."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.support.browser import DESKTOP, PHONE, Readers, fits, origin_of
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

MOST_BYTES = 100_000
PAGES = {
    "home": "",
    "needs": "needs/",
    "need": "needs/warm-night/",
    "package": "packages/warm-night/",
    "give": "give/",
    "form": "give/details/?amount=5000",
    "basket": "basket/",
    "reports": "reports/",
    "how-we-work": "how-we-work/",
    "safety": "is-it-safe/",
    "privacy": "privacy/",
    "terms": "terms/",
    "contact": "contact/",
}


@pytest.mark.parametrize(("language", "size", "scheme"), [("pl", PHONE, "dark"), ("en", DESKTOP, "light")])
def test_every_public_page(
    stack: Stack, readers: Readers, examine: Callable[..., None], language: str, size: tuple[int, int], scheme: str
) -> None:
    addresses = {name: f"{stack.url}/{language}/{path}" for name, path in PAGES.items()}
    page = readers.open(addresses["reports"], size=size, language=language, scheme=scheme)
    addresses["report"] = str(page.locator("main a[href*='/reports/2']").first.evaluate("link => link.href"))
    heavy = {}
    for name, address in addresses.items():
        weight = weigh(page, address)
        if weight > MOST_BYTES:
            heavy[name] = weight
        examine(page, name)
    assert heavy == {}
    assert {origin_of(each) for each in readers.requests if not each.startswith("data:")} == {stack.url}
    kept = {each["name"] for each in page.context.cookies()}
    assert kept <= {"csrftoken"}, "only the form itself needs one, for its token"


def test_strangers_are_given_no_cookie(stack: Stack, readers: Readers) -> None:
    page = readers.open(f"{stack.url}/", language="en")
    for path in (path for name, path in PAGES.items() if name not in ("form",)):
        page.goto(f"{stack.url}/en/{path}")
    assert page.context.cookies() == []


def test_a_window_enlarged_four_times(stack: Stack, readers: Readers) -> None:
    """At 400 % a window of 1280 px has 320 of the page's: WCAG 2.2, 1.4.10 Reflow."""
    page = readers.open(f"{stack.url}/en/", size=(320, 256), language="en")
    for path in PAGES.values():
        page.goto(f"{stack.url}/en/{path}")
        fits(page)
        page.emulate_media(media="print")
        page.emulate_media(media="screen")


def weigh(page: Page, address: str) -> int:
    """Goes there with nothing in store; how many bytes came over the wire, headers and all."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.clearBrowserCache")
    came: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    page.goto(address)
    page.evaluate("document.fonts.ready.then(() => null)")
    devtools.detach()
    assert came
    return int(sum(came))
