"""A donor is at home: comes in by a code, says who they are, takes their data along, and nobody else sees any of it."""

import json
import re

import pytest
from django.test import Client as Browser

from donors.operations import read_statutory_record
from payments.models import MonthlyGift, Receipt
from payments.monthly_states import MonthlyState
from tests.factories.staff import read
from tests.stories.home import (
    Home,
    comes,
    due_dates,
    finds_link,
    gives_each_month,
    mails_go_out,
    newest_mail,
    sends,
    sets_up,
    time_passes,
    warsaw,
)
from tests.support.story import Donor, Story

pytestmark = pytest.mark.money

NIP = "5260250274"


def test_she_comes_in_by_a_code_and_a_neighbour_sees_nothing(donor: Donor, story: Story) -> None:
    """Zofia's mail is on her telephone: she types its code; the link does nothing elsewhere, and Piotr finds 404."""
    gift = gives_each_month(donor)
    browser = donor.browser
    assert sends(browser, "/en/my-giving/sign-in/", email=donor.email).status_code == 303
    story.workers.beat_strikes("donors.sweep_mails")
    elsewhere = Browser().post(finds_link(donor, "link"))
    assert elsewhere.status_code in (200, 404)
    assert "giving" not in elsewhere.cookies
    found = re.search(r"\b(\d{6})\b", newest_mail(donor))
    assert found
    wrong = sends(browser, "/en/my-giving/sign-in/sent/", code=str(999_999 - int(found[1])))
    assert "not the code" in read(wrong)
    assert sends(browser, "/en/my-giving/sign-in/sent/", code=f"{found[1][:3]} {found[1][3:]}").status_code == 303
    home = Home(donor, since=story.clock.now)
    assert "50.00 zł every month" in home.reads()

    neighbour = story.another_donor("piotr@example.org")
    gives_each_month(neighbour)
    at_piotrs = Home(neighbour).browser
    for page in ("", "change/", "cancel/", "pause/", "card/"):
        assert at_piotrs.get(f"/en/my-giving/monthly/{gift.pk}/{page}").status_code == 404
    story.clock.passes(minutes=31)
    assert browser.get("/en/my-giving/")["Location"].startswith("/en/my-giving/sign-in/")


def test_a_company_is_named_from_then_on(donor: Donor, story: Story) -> None:
    """Zofia gives for her company from now on: the next confirmation and the statement name it, the first stays as it was."""
    gives_each_month(donor, name="Zofia")
    home = Home(donor)
    said = home.sends("details/", name="Zofia", company_name="Las sp. z o.o.", nip=NIP)
    assert said.status_code == 303
    comes(story, warsaw(2026, 12, 22))
    named = [
        read_statutory_record(record_id=receipt.statutory_record_id).company_name
        for receipt in Receipt.objects.order_by("number")
    ]
    assert named == ["", "Las sp. z o.o."]
    led = home.sends("statements/")
    assert home.browser.get(led["Location"]).content.startswith(b"%PDF-")


def test_who_types_her_address_changes_no_confirmation(donor: Donor, story: Story) -> None:
    """A stranger gives once under Zofia's address and a company's name: the confirmations of her renewals still name her."""
    gives_each_month(donor, name="Zofia")
    stranger = story.another_donor(donor.email)
    stranger.chooses_sum("20", to="LAWYER")
    stranger.gives_now(name="Somebody", company_name="Las sp. z o.o.", nip=NIP)
    stranger.pays()
    comes(story, warsaw(2027, 1, 22))
    named = [
        (record.name, record.company_name)
        for record in (
            read_statutory_record(record_id=receipt.statutory_record_id) for receipt in Receipt.objects.order_by("pk")
        )
    ]
    assert named == [("Zofia", ""), ("Somebody", "Las sp. z o.o."), ("Zofia", ""), ("Zofia", "")]


def test_she_takes_everything_along(donor: Donor, story: Story) -> None:
    """Zofia takes along everything that is held of her, as a file and as a page: each gift, each act, each failed day."""
    gift = gives_each_month(donor)
    home = Home(donor)
    home.does(f"monthly/{gift.pk}/skip/")
    comes(story, warsaw(2027, 1, 22))
    file = json.loads(home.browser.get("/en/my-giving/privacy/export/").content)
    told = file["payments"]
    assert [row["due_on"] for row in told["donations"]] == due_dates() == ["2026-11-21", "2027-01-21"]
    assert [act["what"] for act in told["monthly_gifts"][0]["acts"]] == ["skip"]
    page = home.reads("privacy/export/page/")
    assert donor.email in page
    assert "50.00 zł" in page


def test_forgotten_with_a_page_open(donor: Donor, story: Story) -> None:
    """Zofia wants to be forgotten while a payment page of hers is open: it is closed first, and nobody can pay there."""
    donor.chooses_sum("20", to="LAWYER")
    donor.gives_now()
    donor.pays()
    mails_go_out(story)
    sets_up(donor)
    home = Home(donor)
    assert "Something has to end first" in home.reads("privacy/erase/")
    gift = MonthlyGift.objects.get()
    assert f"/en/my-giving/monthly/{gift.pk}/" in home.browser.get("/en/my-giving/").content.decode()
    home.does(f"monthly/{gift.pk}/cancel/")
    gift.refresh_from_db()
    assert gift.state == MonthlyState.EXPIRED
    assert home.sends("privacy/erase/", sure="on").status_code == 200
    assert story.sandbox.pay(gift.checkout_ref or "")["result"] == "closed"
    time_passes(story, days=40)
    assert due_dates() == ["None"]
