"""Cards, BLIK and Przelewy24, and what they say first."""

import pytest

from payments.models import Charge, Donation
from payments.states import DonationState
from tests.support.story import CARD_THAT_ASKS, CARD_THAT_IS_DECLINED, Clock, Donor, Story, Webhooks

pytestmark = pytest.mark.money


def test_a_declined_card_and_then_another(donor: Donor, story: Story) -> None:
    """Zofia's card is declined: nothing is taken. Her other card pays."""
    donor.opens_package("food-3-days")
    donor.gives_now()
    donor.fails_to_pay(card=CARD_THAT_IS_DECLINED)
    story.everybody_does_their_part()
    assert donor.donation.state == DonationState.CHECKOUT_OPEN
    assert "Thank you" in donor.pays()
    story.everybody_does_their_part()
    assert Charge.objects.count() == 1
    assert len(donor.finds_mails()) == 1


def test_a_card_that_asks_for_confirmation(donor: Donor, story: Story) -> None:
    """Zofia's bank asks whether it is her. She refuses by mistake, then confirms."""
    donor.opens_package("food-3-days")
    donor.gives_now()
    donor.fails_to_pay(card=CARD_THAT_ASKS, then="refuse")
    assert "don’t know yet" in donor.looks_again()
    assert "Thank you" in donor.pays(card=CARD_THAT_ASKS)
    story.everybody_does_their_part()
    assert Charge.objects.count() == 1


def test_a_blik_code_that_ran_out(donor: Donor, story: Story) -> None:
    """Zofia's telephone lay in the other room: the BLIK code runs out, and she asks for a second one."""
    donor.opens_package("fuel")
    donor.gives_now()
    donor.fails_to_pay(blik="123456", then="time_out")
    assert not Charge.objects.exists()
    assert "Thank you" in donor.pays(blik="654321")
    story.everybody_does_their_part()
    assert Charge.objects.get().method == "blik"


def test_a_bank_that_says_yes_later(donor: Donor, story: Story, webhooks: Webhooks, clock: Clock) -> None:
    """Zofia pays by Przelewy24: the page says honestly that her bank has not confirmed. In the evening it does."""
    donor.opens_package("fuel", quantity=3)
    donor.gives_now()
    assert "Your bank has not confirmed it yet" in donor.pays(p24="ing", then="later")
    webhooks.arrive()
    assert donor.donation.state == DonationState.PROCESSING
    assert donor.finds_mails() == []

    clock.passes(hours=6)
    webhooks.arrive()
    assert len(donor.finds_mails()) == 1
    assert "Thank you" in donor.looks_again()
    assert Donation.objects.count() == Charge.objects.count() == 1
