"""Monthly gifts that don't go by themselves: a card that fails, a gift by hand, one that was not meant."""

import pytest
from django.test import Client as Browser

from payments.models import Donation, MonthlyGift, MonthlyOccasion
from payments.monthly_states import MonthlyState, OccasionState
from tests.factories.staff import read
from tests.stories.home import (
    confirms,
    due_dates,
    finds_link,
    gives_card,
    gives_each_month,
    looks_at,
    presses,
    scanner_opens,
    sets_up,
    time_passes,
)
from tests.support.story import Donor, Story

pytestmark = pytest.mark.money

CARD_THAT_FAILS_LATER = "4000000000000341"


def test_a_card_fails_and_the_gift_is_mended(donor: Donor, story: Story) -> None:
    """Zofia's card fails in the second month: the mail's link pays that month with another card, once, and the third comes."""
    gives_each_month(donor, card=CARD_THAT_FAILS_LATER)
    time_passes(story, days=30, hours=6)
    assert MonthlyGift.objects.get().state == MonthlyState.PAST_DUE
    link = finds_link(donor, "mend")
    scanner_opens(link)
    assert Donation.objects.count() == 1

    gives_card(story, presses(link, **{"with": "other"})["Location"], "5555555555554444")
    back = Browser().get(f"{link}?back=1", follow=True)
    assert "This gift is paid" in read(back)
    story.everybody_does_their_part()
    assert MonthlyGift.objects.get().state == MonthlyState.ACTIVE
    assert "This gift is paid" in read(Browser().get(link))

    time_passes(story, days=31)
    assert due_dates() == ["2026-11-21", "2026-12-21", "2027-01-21"]


def test_four_months_by_hand(donor: Donor, story: Story) -> None:
    """Zofia gives by hand: a month by BLIK from the mail's link, one left out, one unanswered, with the fourth she stops."""
    sets_up(donor, kind="by_hand", day="1")
    time_passes(story, days=10)
    link = finds_link(donor, "give")
    scanner_opens(link)
    assert not Donation.objects.exists()
    donor.answer = presses(link)
    assert "Thank you" in confirms(donor, blik="123456")
    story.everybody_does_their_part()

    time_passes(story, days=31)
    second = finds_link(donor, "skip")
    scanner_opens(second)
    presses(second)
    assert "This one is left out" in read(Browser().get(second))

    time_passes(story, days=31)
    unanswered = finds_link(donor, "give")
    time_passes(story, days=28)
    assert "The day of this gift has passed" in looks_at(unanswered)
    presses(finds_link(donor, "stop"))
    time_passes(story, days=40)
    states = MonthlyOccasion.objects.order_by("due_on").values_list("state", flat=True)
    assert list(states) == [OccasionState.GIVEN, OccasionState.SKIPPED, OccasionState.LAPSED, OccasionState.LAPSED]
    assert MonthlyGift.objects.get().state == MonthlyState.CANCELLED
    assert Donation.objects.count() == 1


def test_a_gift_that_was_not_meant_monthly(donor: Donor, story: Story) -> None:
    """Zofia meant to give once: one button in the first mail stops it, what she gave stays given, and nothing follows."""
    gives_each_month(donor)
    link = finds_link(donor, "undo")
    scanner_opens(link)
    assert MonthlyGift.objects.get().state == MonthlyState.ACTIVE
    presses(link)
    assert "Stop it" not in read(Browser().get(link))
    time_passes(story, days=70)
    assert MonthlyGift.objects.get().state == MonthlyState.CANCELLED
    assert Donation.objects.count() == 1
