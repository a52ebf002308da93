"""The page that checks a donation, in a browser: what it says, what it asks for, and that the link's secret stays in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from payments.operations.proof_link import proof_link
from tests.factories.transparency import Giving, make_published, make_staff, open_catalogue
from tests.support.browser import CHROMIUM, DESKTOP, PHONE, QUIET, WITHOUT_ED25519, Readers, axe, fits

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
COUNTED = {
    "pl": "160 zł na „Ciepło w nocy”: darowizna jest policzona w raporcie za październik 2026, wersja 1.",
    "en": "160 zł for Warmth at night is counted in October 2026’s report, revision 1.",
}
SHOP = "http://127.0.0.1:8000"


class Answer(NamedTuple):
    """What a browser gets."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Shop:
    """What the shop answers, asked beforehand: a browser's loop in this thread would look to Django as if it were ours."""

    links: dict[str, str]
    answers: dict[tuple[str, str], Answer]
    readers: Readers | None = None

    def open(self, address: str, **reader: Any) -> Page:
        assert self.readers is not None
        page = self.readers.open("about:blank", **reader)
        page.context.route(f"{SHOP}/**", self._answer)
        page.goto(address)
        return page

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            route.fulfill(path=str(finders.find(path.removeprefix("/static/"))))
            return
        found = self.answers[route.request.method, path]
        route.fulfill(status=found.status, headers=found.headers, body=found.body)


def asked(link: dict[str, str]) -> dict[tuple[str, str], Answer]:
    """Every answer that the page can ask for."""
    client = Client(headers={"sec-fetch-site": "same-origin"})
    files = [
        "/seal/log.json",
        "/seal/notes/2026-10-r1.bin",
        *(f"/{each}/reports/2026-10-r1/report.json" for each in link),
    ]
    answers = {("GET", path): client.get(path) for path in [*files, *(f"/{each}/verify/" for each in link)]}
    answers |= {("POST", f"/{each}/verify/"): client.post(f"/{each}/verify/", {"link": link[each]}) for each in link}
    return {asked: Answer(found.status_code, dict(found.items()), body_of(found)) for asked, found in answers.items()}


def body_of(found: Any) -> bytes:
    return b"".join(found.streaming_content) if found.streaming else bytes(found.content)


@pytest.fixture
def is_published() -> bool:
    return True


@pytest.fixture
def made(db: None, is_published: bool) -> Shop:
    """160 zł among other gifts of October, published or not."""
    open_catalogue()
    giving = Giving()
    for amount in (5_000, 12_345, 40_000, 7_700):
        giving.give(amount)
    gift = giving.give(16_000)
    if is_published:
        make_published(ada=make_staff("ada"), bartek=make_staff("bartek"))
    links = {language: str(proof_link(donation_id=gift.pk, language=language)) for language in ("pl", "en")}
    return Shop(links=links, answers=asked(links))


@pytest.fixture
def browser(made: Shop) -> Iterator[Browser]:
    """Started after the shop has answered, and ended before the database is let go."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture
def shop(made: Shop, readers: Readers) -> Shop:
    made.readers = readers
    return made


def said(page: Page, sentence: str) -> None:
    expect(page.locator("#verify-answer")).to_have_text(sentence)


@pytest.mark.parametrize(
    ("language", "size", "scheme"), [("pl", PHONE, "light"), ("en", DESKTOP, "dark"), ("pl", DESKTOP, "dark")]
)
def test_following_the_link_answers_in_one_sentence(
    shop: Shop, readers: Readers, language: str, size: tuple[int, int], scheme: str
) -> None:
    link = shop.links[language]
    page = shop.open(link, language=language, size=size, scheme=scheme)
    said(page, COUNTED[language])
    assert "success" in (page.locator("#verify-answer").get_attribute("class") or "")
    axe(page)
    fits(page)
    readers.snap(page, "counted")
    page.locator("#id_link").fill(link)
    page.locator("#verify-form button").click()
    said(page, COUNTED[language])
    assert page.url == link, "the form was not sent"
    seed = link.rpartition("s=")[2]
    assert [each for each in readers.requests if seed in each.partition("#")[0]] == [], "the fragment left the browser"


@pytest.mark.parametrize("is_published", [False])
def test_before_publication_it_says_when(shop: Shop, readers: Readers) -> None:
    page = shop.open(shop.links["pl"])
    said(
        page,
        "160 zł: darowizna będzie policzona w raporcie za październik 2026; jego szkic powstaje 16 listopada 2026,"
        " a ukazuje się, gdy przeczyta go druga osoba.",
    )
    # there is no log yet, and the browser notes that it was looked for
    readers.complaints.clear()


def test_a_wrong_link_says_what_is_wrong(shop: Shop) -> None:
    link = shop.links["en"]
    page = shop.open(link[:-10] + "AAAAAAAAAA", language="en")
    said(page, "160 zł is not counted in October 2026’s report: a note of it is missing.")
    page.locator("#id_link").fill(link[:-5])
    page.locator("#verify-form button").click()
    said(page, "The link is damaged or incomplete: copy the whole of it, with everything after the #.")
    assert "error" in (page.locator("#verify-answer").get_attribute("class") or "")
    axe(page)


def test_when_a_file_cannot_be_loaded_it_says_that_nothing_is_known(shop: Shop, readers: Readers) -> None:
    page = shop.open(f"{SHOP}/en/verify/", language="en")
    page.context.route("**/seal/log.json", lambda route: route.fulfill(status=503, body=""))
    page.locator("#id_link").fill(shop.links["en"])
    page.locator("#verify-form button").click()
    said(page, "The published files could not be loaded just now. Nothing is known yet; please try again in a moment.")
    readers.complaints.clear()


def test_anyone_can_add_up_a_report_with_the_keyboard(shop: Shop) -> None:
    page = shop.open(f"{SHOP}/en/verify/", language="en")
    page.evaluate(WITHOUT_ED25519)
    page.locator("[data-check-report]").focus()
    page.keyboard.press("Enter")
    said(page, "The report 2026-10-r1 adds up: 17 notes make 810.45 zł; less 0 zł taken back, 810.45 zł came in.")


@pytest.mark.parametrize("language", ["pl", "en"])
def test_without_javascript_we_check_and_say_so(shop: Shop, language: str) -> None:
    page = shop.open(f"{SHOP}/{language}/verify/", language=language, javascript=False)
    page.locator("#id_link").fill(shop.links[language])
    page.locator("#verify-form button").click()
    expect(page.locator("#verify-answer")).to_contain_text(COUNTED[language])
    expect(page.locator("#verify-answer p")).to_have_count(2)
    expect(page.locator("[data-without-script]")).to_be_visible()
