"""Whatever a form of the desk is sent, it answers: done, or refused with what is wrong. Never with an error of ours."""

import re

import pytest
from django.test import Client

from core.models import TrailEntry
from ledger.models import JournalEntry
from tests.factories.aid_packages import approved, draft, purchased
from tests.factories.staff import Seat
from tests.factories.transparency import Giving

JUNK = (
    "",
    " ",
    "\x00",
    "x" * 10_000,
    "9" * 30,
    "-1",
    "1e999",
    "NaN",
    "٣٤",
    "2026-13",
    "9999-12-31",
    "\u202e",
    "{{7*7}}",
)
KEYS = ("", "0" * 31, "\x00", "0" * 10_000, "../../etc")

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(addresses: dict[str, str], ada: Seat) -> list[str]:
    """Every page, and more of those whose acts depend on their state."""
    ours, waiting = approved(partner_code=None, actor=ada.user), draft(actor=ada.user)
    document = purchased(ours, amount_minor=1_000, actor=ada.user).document
    undisputed = Giving().give(10_000)  # a disputed one can't be given back, so its page has no form for it
    more = [
        f"allocations/{ours.pk}/",
        f"allocations/{waiting.pk}/",
        f"documents/{document.pk}/",
        f"donations/{undisputed.pk}/",
    ]
    return [
        *(url.replace("/pl/", "/en/", 1) for url in addresses.values()),
        *(f"/en/dashboard/desk/{path}" for path in more),
    ]


def page_at(client: Client, url: str) -> str:
    """The page's text; nothing for an address that answers with a file, which has no forms."""
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode() if answer["Content-Type"].startswith("text/html") else ""


def forms_of(page: str) -> dict[str, list[str]]:
    """The acts that a page offers, each with the names of its fields."""
    found = re.findall(r'<details[^>]*id="act-([^"]+)"(.*?)</details>', page, re.DOTALL)
    return {act: re.findall(r'name="([^"]+)"', form) for act, form in found}


def test_no_junk_breaks_a_form_or_books_anything(seats: dict[str, Seat], pages: list[str]) -> None:
    client = seats["superuser"].client
    before = (JournalEntry.objects.count(), TrailEntry.objects.count())
    seen = set()
    for url in pages:
        for act, names in forms_of(page_at(client, url)).items():
            seen.add(act.partition("-")[0])
            for junk in JUNK:
                answer = client.post(url, {**dict.fromkeys(names, junk), "act": act})
                assert answer.status_code == 422, (url, act, junk[:20])
            for key in KEYS:
                typed = {**dict.fromkeys(names, "1"), f"{act}-request_key": key, "act": act}
                assert client.post(url, typed).status_code == 422, (url, act, key[:20])
            assert client.post(url, {"act": act}).status_code == 422
    assert {"draft", "approve", "advance", "document", "purchase", "accept", "refund", "reveal", "ask"} <= seen
    assert (JournalEntry.objects.count(), TrailEntry.objects.count()) == before
