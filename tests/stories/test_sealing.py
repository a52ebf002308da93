"""Checking a gift: the link on a receipt, before the report and after it, by the donor and by somebody who trusts nobody."""

import json
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pypdf import PdfReader

from payments.models import Receipt
from payments.operations import receipt_pdf
from seal.offline.command import answer
from seal.offline.words import sentence
from tests.stories.desk import Desk, bank_account_opens
from tests.support.story import Donor, Story

pytestmark = pytest.mark.money

AN_OCTOBER_DAY = datetime(2026, 10, 12, 10, 0, tzinfo=UTC)
THE_16TH_AT_SIX = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)


def link_on_the_receipt(donor: Donor) -> str:
    """Where the donor's own confirmation leads."""
    receipt = Receipt.objects.get(donation=donor.donation)
    pages = PdfReader(BytesIO(receipt_pdf(receipt_id=receipt.pk))).pages
    (link,) = [str(mark.get_object()["/A"]["/URI"]) for page in pages for mark in page.get("/Annots", [])]
    return link


def our_server_says(link: str) -> str:
    """What the page answers to who has no JavaScript."""
    there = urlsplit(link)
    page = Client(headers={"sec-fetch-site": "same-origin"}).post(there.path, {"link": link})
    told = page.content.decode().partition('id="verify-answer"')[2].partition("</div>")[0]
    return told.rpartition("<p>")[2].removesuffix("</p>").replace("\u00a0", " ")


def the_script_says(link: str, slug: str) -> str:
    """What somebody finds who downloads the public files and runs the check elsewhere."""
    addresses = (f"/en/reports/{slug}/report.json", f"/seal/notes/{slug}.bin", "/seal/log.json")
    code, facts, _ = answer(files=[b"".join(Client().get(each)) for each in addresses], link=link)
    return sentence(code, facts, "en").replace("\u00a0", " ")


def test_a_gift_is_found_in_the_sealed_report(story: Story, donor: Donor, ada: Desk, bartek: Desk) -> None:
    """Zofia follows the link on her confirmation: at first it says when her gift will be counted, then that it is."""
    story.clock.comes(AN_OCTOBER_DAY)
    bank_account_opens(fund="WARM-NIGHT", amount_minor=200_000, clock=story.clock)
    donor.opens_package("warm-night", quantity=2)
    donor.gives_now()
    donor.pays()
    story.everybody_does_their_part()
    link = link_on_the_receipt(donor)
    assert our_server_says(link) == (
        "370 zł will be counted in October 2026’s report: drafted on 16 November 2026,"
        " published when a second person has read it."
    )
    assert Client().get("/seal/checkpoint").status_code == 404, "nothing is sealed before a report is published"

    story.clock.comes(THE_16TH_AT_SIX)
    story.workers.beat_strikes("transparency.draft_last_month")
    report = ada.finds_report("2026-10-r1")
    assert Client().get("/seal/notes/2026-10-r1.bin").status_code == 404, "a draft's notes are nobody's to see"
    ada.sends_to_review(report)
    bartek.publishes(report)

    content = json.loads(Client().get("/en/reports/2026-10-r1/report.json").content)
    notes = content["notes"]
    counted = sum(row["denomination"] * row["count"] for row in notes["denominations"])
    assert counted == notes["sum"] == content["lines"]["came_in"] == 37_000
    found = "370 zł for Warmth at night is counted in October 2026’s report, revision 1."
    assert our_server_says(link) == found
    assert the_script_says(link, "2026-10-r1") == found
    assert link_on_the_receipt(donor) == link, "a receipt made anew leads to the same place"
