"""Takes the README's pictures from a running demo: `python -m tests.support.screenshots [address]`."""

import io
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import CHROMIUM, QUIET, ROOT

FOLDER = ROOT / "docs" / "screenshots"
_MOST_BYTES = 200_000


def take(start: str, folder: Path = FOLDER) -> None:
    """One need on a desk's screen in Polish, one report on a phone in English."""
    folder.mkdir(parents=True, exist_ok=True)
    assert CHROMIUM, "no Chromium on this machine; name one with CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        desk: dict[str, Any] = {"viewport": {"width": 1280, "height": 1080}, "locale": "pl-PL"}
        _keep(browser, f"{start}/pl/needs/warm-night/", folder / "need.png", desk)
        phone: dict[str, Any] = {
            "viewport": {"width": 390, "height": 1440},
            "locale": "en-GB",
            "device_scale_factor": 2,
        }
        _keep(browser, f"{start}/en/reports/", folder / "report.png", phone, follow="main a.button")
        browser.close()


def _keep(browser: Browser, address: str, file: Path, reader: dict[str, Any], *, follow: str = "") -> None:
    page = browser.new_page(color_scheme="light", reduced_motion="reduce", **reader)
    page.goto(address)
    if follow:
        with page.expect_navigation():
            page.locator(follow).first.click()
    page.evaluate("document.fonts.ready.then(() => null)")
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    picture.convert("RGB").quantize(colors=128, dither=Image.Dither.NONE).save(file, optimize=True)
    assert file.stat().st_size < _MOST_BYTES, f"{file.name} is too heavy"
    page.close()


if __name__ == "__main__":
    take(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
