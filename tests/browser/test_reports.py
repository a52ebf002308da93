"""Reports as a reader meets them: whole and narrowed, in two languages, light and dark, with the keyboard, without script."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import press
from tests.browser.test_strangers import MOST_BYTES, weigh
from tests.support.browser import DESKTOP, PHONE, TABLET, Readers, fits, origin_of
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

Examine = Callable[..., None]
PAPER = (718, 1047)
"""A4 at 96 dpi within a browser's usual margins."""


def first_report(stack: Stack, readers: Readers, *, language: str, size: tuple[int, int], **more: bool) -> Page:
    """The newest report, found from the list as a reader finds it."""
    page = readers.open(f"{stack.url}/{language}/reports/", language=language, size=size, **more)
    press(page.locator("main a[href*='/reports/2']").first)
    expect(page.locator("#five-title")).to_be_visible()
    return page


@pytest.mark.parametrize(("language", "size"), [("pl", PHONE), ("en", TABLET), ("pl", DESKTOP), ("en", PHONE)])
def test_a_report_whole_and_narrowed(
    stack: Stack, readers: Readers, examine: Examine, language: str, size: tuple[int, int]
) -> None:
    page = first_report(stack, readers, language=language, size=size)
    page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true })")
    examine(page, "1-whole")
    page.locator("#filter-need").select_option("WARM-NIGHT")
    press(page.locator(".report-filter button"))
    assert "need=WARM-NIGHT" in page.url
    expect(page.locator("#funds tbody tr")).to_have_count(1)
    expect(page.locator("#partners")).to_have_count(0)
    examine(page, "2-narrowed")
    narrowed = page.request.get(str(page.locator("main a[href*='sections?need=']").first.evaluate("link => link.href")))
    funds = next(each for each in narrowed.json()["sections"] if each["key"] == "funds")
    assert [row["code"] for row in funds["rows"]] == ["WARM-NIGHT"]
    page.set_viewport_size(dict(zip(("width", "height"), PAPER, strict=True)))
    page.emulate_media(media="print")
    expect(page.locator(".report-filter")).to_be_hidden()
    fits(page)


@pytest.mark.parametrize("language", ["pl", "en"])
def test_a_stranger_s_report_is_light_and_ours_alone(stack: Stack, readers: Readers, language: str) -> None:
    page = first_report(stack, readers, language=language, size=PHONE)
    assert weigh(page, page.url) < MOST_BYTES
    assert page.context.cookies() == []
    assert {origin_of(each) for each in readers.requests if not each.startswith("data:")} == {stack.url}
    image = page.locator("meta[property='og:image']").get_attribute("content") or ""
    shared = page.request.get(stack.url + re.sub(r"^https?://[^/]+", "", image))
    assert (shared.status, shared.headers["content-type"]) == (200, "image/png")


def test_with_the_keyboard_alone_and_without_script(stack: Stack, readers: Readers) -> None:
    page = first_report(stack, readers, language="en", size=DESKTOP, javascript=False)
    page.locator("#filter-need").focus()
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#filter-need").input_value()
    assert chosen
    page.locator(".report-filter button").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert f"need={chosen}" in page.url
    expect(page.locator("h1")).to_contain_text(":")


def test_every_file_of_a_report_comes(stack: Stack, readers: Readers) -> None:
    page = first_report(stack, readers, language="pl", size=DESKTOP)
    kinds = {"pdf": b"%PDF-", "xlsx": b"PK", "zip": b"PK", "csv": b"\xef\xbb\xbf", "json": b"{"}
    for ending, start in kinds.items():
        link = page.locator(f".report-files a[href$='report.{ending}']")
        answer = page.request.get(str(link.evaluate("link => link.href")))
        assert answer.status == 200, ending
        assert answer.body().startswith(start), ending
    assert json.loads(page.request.get(f"{stack.url}/api/v1/reports").body())["reports"]
