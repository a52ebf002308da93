"""Cards that expire: the donor is told ahead, and either the card's network or the donor sees to it."""

import pytest

from payments.models import MonthlyGift, RenewalTrouble
from payments.monthly_states import MonthlyState
from tests.stories.home import Home, comes, confirms, due_dates, mails_go_out, newest_mail, sets_up, warsaw
from tests.support.story import Donor, Story

pytestmark = pytest.mark.money

NOTICE = "Your card is about to expire"


def gives_with_a_card_to_february(donor: Donor, story: Story) -> MonthlyGift:
    """A gift whose card says 02/27."""
    sets_up(donor)
    confirms(donor, expiry="02/27")
    mails_go_out(story)
    gift = MonthlyGift.objects.get()
    assert gift.method_expires == 202702
    return gift


def test_a_card_expires_and_another_is_given(donor: Donor, story: Story) -> None:
    """Zofia is told 30 and 7 days before her card expires; she gives another one at home, and no month is missed."""
    gift = gives_with_a_card_to_february(donor, story)
    comes(story, warsaw(2027, 1, 28))
    assert NOTICE not in donor.finds_mails()
    comes(story, warsaw(2027, 1, 30))
    assert donor.finds_mails().count(NOTICE) == 1
    comes(story, warsaw(2027, 2, 20))
    assert donor.finds_mails().count(NOTICE) == 1
    comes(story, warsaw(2027, 2, 22))
    assert donor.finds_mails().count(NOTICE) == 2
    assert f"/en/my-giving/monthly/{gift.pk}/" in newest_mail(donor)

    told = Home(donor).gives_a_card(gift, "card", "5555555555554444")
    assert "The other card is used from now on" in told
    assert "valid to 12/2049" in told
    comes(story, warsaw(2027, 4, 22))
    assert due_dates()[-2:] == ["2027-03-21", "2027-04-21"]
    assert len(due_dates()) == 6
    assert donor.finds_mails().count(NOTICE) == 2
    assert not RenewalTrouble.objects.exists()


def test_a_card_is_renewed_by_its_network(donor: Donor, story: Story) -> None:
    """The card's network renews Zofia's card by itself between the two notices: the second is not sent, nothing is missed."""
    gift = gives_with_a_card_to_february(donor, story)
    comes(story, warsaw(2027, 2, 1))
    assert donor.finds_mails().count(NOTICE) == 1
    story.sandbox.change_card(gift.method_ref, exp_month=2, exp_year=2031, automatically=True)
    comes(story, warsaw(2027, 4, 22))
    assert donor.finds_mails().count(NOTICE) == 1
    assert len(due_dates()) == 6
    gift.refresh_from_db()
    assert (gift.state, gift.method_expires) == (MonthlyState.ACTIVE, 203102)
