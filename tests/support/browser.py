"""Chromium for tests: found on this machine, opened as one kind of reader or another, and watched.

Without a Chromium (`CHROMIUM`, or the usual names) the tests marked `browser` are left out and named in one loud line at
the end; with CI=true that fails the run. Screenshots stay under var/screenshots/<test>/.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
SCREENSHOTS = ROOT / "var" / "screenshots"
_USUAL_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM = next(
    (found for name in (os.environ.get("CHROMIUM", ""), *_USUAL_NAMES) if name and (found := shutil.which(name))), None
)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_LEFT_OUT = pytest.StashKey[list[str]]()
_PATIENCE = 60_000
"""Milliseconds until a page is taken to stay as it is: what comes, comes sooner, also on a slow machine."""
WITHOUT_ED25519 = """() => {
  const whole = SubtleCrypto.prototype.importKey;
  SubtleCrypto.prototype.importKey = function (form, key, kind, ...more) {
    if (kind.name === "Ed25519") return Promise.reject(new DOMException("", "NotSupportedError"));
    return whole.call(this, form, key, kind, ...more);
  };
}"""
"""Run in a page: its browser is like an older one, whose WebCrypto knows no Ed25519."""
PHONE = (320, 640)
TABLET = (768, 1024)
DESKTOP = (1440, 900)

# --- without a Chromium ---


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_LEFT_OUT] = []
    expect.set_options(timeout=_PATIENCE)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if CHROMIUM:
        return
    left_out = [item for item in items if item.get_closest_marker("browser")]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
        config.stash[_LEFT_OUT] = [item.nodeid for item in left_out]
    if (output := getattr(config, "workeroutput", None)) is not None:
        output["browser_tests_left_out"] = config.stash[_LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """With xdist the workers collect, and tell the controller what they have left out."""
    told = getattr(node, "workeroutput", {}).get("browser_tests_left_out", [])
    node.config.stash[_LEFT_OUT] = told or node.config.stash[_LEFT_OUT]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.stash[_LEFT_OUT] and os.environ.get("CI") == "true" and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    left_out = config.stash[_LEFT_OUT]
    if left_out:
        names = ", ".join(sorted({name.rsplit("/", 1)[-1] for name in left_out}))
        many = f"{len(left_out)} browser {'test' if len(left_out) == 1 else 'tests'}"
        line = f"NOT RUN: {many}, since there is no Chromium (name one with CHROMIUM): {names}"
        terminalreporter.write_line(line, red=True, bold=True)


# --- with one ---


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium a module: it may not outlive it, since its event loop would look to Django as if it were ours."""
    assert CHROMIUM
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET), timeout=3 * _PATIENCE)
        yield running
        running.close()


class Readers:
    """Opens pages as different readers, and keeps what their browsers complained of and asked for."""

    def __init__(self, browser: Browser, pictures: Path) -> None:
        self._browser = browser
        self._pictures = pictures
        self._contexts: list[BrowserContext] = []
        self._refused: set[str] = set()
        self.complaints: list[str] = []
        self.requests: list[str] = []

    def open(
        self,
        address: str,
        *,
        size: tuple[int, int] = DESKTOP,
        language: str = "pl",
        scheme: Any = "light",
        javascript: bool = True,
    ) -> Page:
        """A page at `address`, in a browser that has never been here."""
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale={"pl": "pl-PL", "en": "en-GB"}[language],
            color_scheme=scheme,
            java_script_enabled=javascript,
            reduced_motion="reduce",
            timezone_id="Europe/Warsaw",
        )
        context.set_default_timeout(_PATIENCE)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._answered)
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(address)
        return page

    def snap(self, page: Page, step: str) -> Path:
        """Keeps a picture of the whole page under the test's name."""
        self._pictures.mkdir(parents=True, exist_ok=True)
        file = self._pictures / f"{step}.png"
        page.screenshot(path=file, full_page=True, animations="disabled")
        return file

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def settled_complaints(self) -> list[str]:
        """What is left when answers that were errors on purpose are taken away: the browser notes those as well."""
        return [each for each in self.complaints if not any(address in each for address in self._refused)]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def _answered(self, answer: Response) -> None:
        if answer.status >= 400 and answer.request.is_navigation_request():
            self._refused.add(answer.url)


@pytest.fixture
def readers(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Readers]:
    """Opens browsers for the test; afterwards their consoles must have been silent."""
    name = re.sub(r"[^\w.-]+", "-", request.node.name).strip("-")
    pictures = SCREENSHOTS / name
    shutil.rmtree(pictures, ignore_errors=True)
    opened = Readers(browser, pictures)
    yield opened
    for context in opened._contexts:
        for number, page in enumerate(context.pages):
            if getattr(request.node, "failed_here", False):
                opened.snap(page, f"failed-{number}")
    opened.close()
    assert opened.settled_complaints() == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call" and report.failed:
        item.failed_here = True  # type: ignore[attr-defined]  # read by the fixture above, to keep a last picture
    return report


_PAGE_RULES = {"resultTypes": ["violations"]}
_COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}


def axe(page: Page, options: dict[str, Any] | None = None) -> None:
    """Asserts that axe finds nothing; the message holds each rule with the elements it is about."""
    found = Axe().run(page, options=options or _PAGE_RULES).response["violations"]
    told = [f"{each['id']}: {each['help']}\n  " + "\n  ".join(node["html"] for node in each["nodes"]) for each in found]
    assert not told, f"{page.url}\n" + "\n".join(told)


def fits(page: Page) -> None:
    """Asserts that nothing reaches beyond the right edge, in the fonts that the page asks for."""
    page.evaluate(_ITS_FONTS_ARE_THERE)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide: {page.evaluate(_BEYOND_THE_EDGE)}"


_ITS_FONTS_ARE_THERE = """() => {
  void document.documentElement.offsetWidth;  // laid out once, so that each font that is needed is asked for
  return document.fonts.ready.then(() => null);
}"""
_BEYOND_THE_EDGE = """() => [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > window.innerWidth + 1)
  .slice(0, 5).map((each) => each.outerHTML.slice(0, 160))"""


@pytest.fixture
def examine(readers: Readers) -> Callable[..., None]:
    """`examine(page, "step")`: fits its window, axe finds nothing, in light and dark; and a picture is kept."""

    def look(page: Page, step: str, *, both_schemes: bool = True) -> None:
        readers.snap(page, step)
        fits(page)
        axe(page)
        if both_schemes:
            now_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
            page.emulate_media(color_scheme="light" if now_dark else "dark")
            axe(page, _COLOURS)
            page.emulate_media(color_scheme="dark" if now_dark else "light")

    return look


def origin_of(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
