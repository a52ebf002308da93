"""The examiner examined: what it is there to find, it finds."""

import pytest

from tests.support.browser import PHONE, Readers, axe, fits
from tests.support.meeting import until

pytestmark = pytest.mark.browser

FAINT = "<!DOCTYPE html><html lang='en'><title>x</title><main><h1 style='color:#ddd;background:#fff'>faint</h1></main>"
WIDE = "<!DOCTYPE html><html lang='en'><title>x</title><main><h1 style='width:500px'>wide</h1></main>"


def test_what_is_wrong_is_found_and_named(readers: Readers) -> None:
    page = readers.open("about:blank", size=PHONE)
    page.set_content(FAINT)
    with pytest.raises(AssertionError, match=r"color-contrast(?s:.)*faint"):
        axe(page)
    fits(page)
    page.set_content(WIDE)
    axe(page)
    with pytest.raises(AssertionError, match=r"px too wide(?s:.)*wide"):
        fits(page)


def test_complaints_are_heard(readers: Readers) -> None:
    page = readers.open("about:blank")
    page.evaluate("console.error('it hurts')")
    page.evaluate("setTimeout(() => { throw new Error('it broke') })")
    until(lambda: len(readers.settled_complaints()) == 2 or page.wait_for_timeout(10), "both are heard")
    assert "it hurts" in readers.complaints[0]
    readers.complaints.clear()
