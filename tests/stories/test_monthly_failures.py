"""Renewals that fail: tried again, given up, begun again, and confirmed at the bank."""

import pytest

from payments.models import Donation, MonthlyGift, RenewalTrouble
from payments.monthly_states import MonthlyState, TroubleState
from tests.stories.home import (
    CARD_WITHOUT_MONEY,
    Home,
    comes,
    due_dates,
    ends_unpaid,
    finds_link,
    gives_each_month,
    looks_at,
    newest_mail,
    presses,
    time_passes,
    warsaw,
)
from tests.support.story import CARD_THAT_PAYS, Donor, Story

pytestmark = pytest.mark.money

CARD_THAT_ALWAYS_ASKS = "4000002760003184"


def test_a_renewal_fails_and_comes_after_all(donor: Donor, story: Story) -> None:
    """In the second month Zofia's account is empty: she is told when it is tried again, does nothing, and it comes."""
    gift = gives_each_month(donor)
    story.sandbox.change_card(gift.method_ref, card=CARD_WITHOUT_MONEY)
    comes(story, warsaw(2026, 12, 22))
    assert "We will try again on" in newest_mail(donor)
    assert RenewalTrouble.objects.get().state == TroubleState.RETRYING
    page = Home(donor).reads(f"monthly/{gift.pk}/")
    assert "24 December 2026" in page

    story.sandbox.change_card(gift.method_ref, card=CARD_THAT_PAYS)
    comes(story, warsaw(2026, 12, 30))
    assert RenewalTrouble.objects.get().state == TroubleState.MENDED
    assert MonthlyGift.objects.get().state == MonthlyState.ACTIVE
    assert due_dates() == ["2026-11-21", "2026-12-21"]


def test_it_fails_for_good_and_begins_again_with_the_same_card(donor: Donor, story: Story) -> None:
    """Every try fails and the gift ends; in spring Zofia begins it again with the card that is kept, without typing it."""
    gift = ends_unpaid(donor)
    story.sandbox.change_card(gift.method_ref, card=CARD_THAT_PAYS)
    comes(story, warsaw(2027, 4, 2))
    home = Home(donor)
    assert "First on 21 April 2027" in home.reads(f"monthly/{gift.pk}/restart/")
    assert "Begun again" in home.does(f"monthly/{gift.pk}/restart/")
    comes(story, warsaw(2027, 5, 22))
    assert due_dates() == ["2026-11-21", "2027-04-21", "2027-05-21"]


def test_it_fails_for_good_and_begins_again_with_a_new_card(donor: Donor, story: Story) -> None:
    """The gift ended and its card is over: Zofia begins it again with a new one, which the provider's page asks for."""
    gift = ends_unpaid(donor)
    story.sandbox.change_card(gift.method_ref, exp_month=3, exp_year=2027)
    comes(story, warsaw(2027, 4, 2))
    assert "Begun again" in Home(donor).gives_a_card(gift, "restart", "5555555555554444")
    comes(story, warsaw(2027, 5, 22))
    assert due_dates() == ["2026-11-21", "2027-04-21", "2027-05-21"]
    gift.refresh_from_db()
    assert gift.method_expires == 204912


def test_the_bank_wants_a_confirmation(donor: Donor, story: Story) -> None:
    """Zofia's bank wants to hear from her before the second gift: the mail's link leads there, and she confirms."""
    gift = gives_each_month(donor)
    story.sandbox.change_card(gift.method_ref, card=CARD_THAT_ALWAYS_ASKS)
    comes(story, warsaw(2026, 12, 22))
    assert RenewalTrouble.objects.get().state == TroubleState.ACTION_REQUIRED
    assert "wants you to confirm" in newest_mail(donor)
    link = finds_link(donor, "mend")
    assert "Your bank wants you to confirm this gift" in looks_at(link)
    assert presses(link, **{"with": "other"}).status_code == 303
    assert Donation.objects.count() == 1

    story.sandbox.authenticate(RenewalTrouble.objects.get().invoice_ref, "approve")
    time_passes(story, days=1)
    assert "This gift is paid" in looks_at(link)
    assert due_dates() == ["2026-11-21", "2026-12-21"]
    assert MonthlyGift.objects.get().state == MonthlyState.ACTIVE
