"""Giving packages: from a page to the receipt."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from oscar.apps.order.models import Order

from aid_packages.operations import load_catalogue
from donors.operations import read_statutory_record
from payments.models import Charge, Donation, Receipt
from payments.operations import cover_fee_for
from payments.states import DonationState
from tests.factories.aid_packages import changed_catalogue
from tests.factories.staff import read
from tests.support.story import Clock, Donor, Story, Workers, mails_to

pytestmark = pytest.mark.money


def test_a_package_is_given(donor: Donor, story: Story) -> None:
    """Zofia gives two warm nights as a guest, and has her receipt by mail and as a document."""
    assert "A warm night" in donor.opens_package("warm-night", quantity=2)
    donor.gives_now(name="Zofia Leśna")
    assert "370.00" in donor.payment_page.shows()
    assert "Your donation has arrived" in donor.pays()
    story.everybody_does_their_part()

    assert donor.donation.state == DonationState.SETTLED
    assert Order.objects.get().status == "paid"
    assert len(donor.finds_mails()) == 1
    assert donor.takes_the_receipt().startswith(b"%PDF-")
    assert Receipt.objects.count() == 1


def test_two_packages_of_different_needs_with_the_fee_covered(donor: Donor, story: Story) -> None:
    """Zofia gives a warm night and two hours of a lawyer from her basket, and covers what the payment costs."""
    donor.puts_in_basket("warm-night")
    donor.puts_in_basket("lawyer-hour", 2)
    basket = donor.opens("basket/")
    assert "A warm night" in basket
    assert "525.00" in basket
    donor.gives_now(cover_fee="on")
    assert "Thank you" in donor.pays()
    story.everybody_does_their_part()

    fee = cover_fee_for(total_minor=52_500)
    assert (donor.donation.gross_minor, donor.donation.cover_fee_minor) == (52_500 + fee, fee)
    assert Charge.objects.get().amount_minor == 52_500 + fee
    assert "Nothing here yet" in donor.opens("basket/")


def test_the_price_changed_between_basket_and_paying(donor: Donor, clock: Clock, tmp_path: Path) -> None:
    """A sleeping bag costs more than an hour ago: Zofia is told, and nothing is charged."""
    donor.puts_in_basket("warm-night", 2)
    assert "370.00" in donor.reads_the_form()

    def dearer(catalogue: dict) -> None:
        night = next(package for package in catalogue["packages"] if package["sku"] == "WARM-NIGHT")
        night["items"][0]["unit_cost"] += 1_500
        night["amount"] += 1_500

    clock.passes(hours=1)
    load_catalogue(path=changed_catalogue(tmp_path, dearer), now=clock.now)
    answer = donor.sends_the_form(name="Zofia")
    assert answer.status_code == 409
    assert "The sum has changed" in read(answer)
    assert "400.00" in read(answer)
    assert 'value="Zofia"' in answer.content.decode()
    assert not Donation.objects.exists()
    assert not Charge.objects.exists()


def test_she_leaves_the_payment_page_and_gives_later(donor: Donor, story: Story, clock: Clock) -> None:
    """Zofia leaves the payment page: her basket thaws, nobody can pay there any more, and a second try is one gift."""
    donor.puts_in_basket("warm-night")
    donor.gives_now(name="Zofia")
    left = donor.payment_page
    assert "Nothing was charged" in donor.goes_back_without_paying()
    assert Order.objects.get().status == "released"
    assert left.pays_with() is None, "the page that was left is closed"

    clock.passes(minutes=20)
    assert "A warm night" in donor.opens("basket/")
    donor.gives_now(name="Zofia")
    donor.pays()
    story.everybody_does_their_part()
    assert sorted(Donation.objects.values_list("state", flat=True)) == ["cancelled", "settled"]
    assert sorted(Order.objects.values_list("status", flat=True)) == ["paid", "released"]


def test_a_card_for_jan_on_christmas_eve(donor: Donor, story: Story, clock: Clock, workers: Workers) -> None:
    """Zofia dedicates a warm night to Jan: the card waits for the gift, and then for its day."""
    donor.opens_package("warm-night")
    donor.gives_now(
        name="Zofia",
        recipient_name="Jan",
        recipient_email="jan@example.org",
        message="Warm holidays, grandfather!",
        send_on="2026-12-24",
    )
    donor.pays()
    story.everybody_does_their_part()
    clock.comes(datetime(2026, 12, 24, 6, 30, tzinfo=UTC))
    workers.beat_strikes()
    assert mails_to("jan@example.org") == [], "half past seven in Warsaw is too early"
    clock.passes(hours=1)
    workers.beat_strikes()
    workers.beat_strikes()
    card = mails_to("jan@example.org")
    assert len(card) == 1
    assert "Warm holidays, grandfather!" in card[0].body
    assert "185" not in card[0].body, "what it cost is nobody's business"


def test_a_company_gives_in_polish(donor: Donor, story: Story) -> None:
    """A company gives food for three days, in Polish: its receipt bears its name and tax number, and speaks Polish."""
    donor.language = "pl"
    assert "95,00" in donor.opens_package("food-3-days")
    donor.reads_the_form()
    refused = donor.sends_the_form(company_name="Las i Spółka", nip="525-234-40-79")
    assert (refused.status_code, Donation.objects.exists()) == (200, False), "the tax number's digits don't add up"
    donor.gives_now(company_name="Las i Spółka", nip="525-234-40-78")
    donor.pays()
    story.everybody_does_their_part()
    receipt = Receipt.objects.get()
    kept = read_statutory_record(record_id=receipt.statutory_record_id)
    assert (receipt.language, kept.company_name, kept.nip) == ("pl", "Las i Spółka", "5252344078")
    assert donor.takes_the_receipt().startswith(b"%PDF-")
    assert len(donor.finds_mails()) == 1
    assert "Las i Spółka" not in str(list(Order.objects.values())), "no personal data among the orders"
