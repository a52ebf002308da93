"""Money that goes back to its donor."""

import pytest
from pytest_django import Settings

from ledger.queries import fund_balance
from payments.models import Refund
from payments.states import DonationState
from tests.stories.desk import Desk
from tests.support.story import Donor, Story, mails_to

pytestmark = pytest.mark.money


@pytest.fixture
def given(donor: Donor, story: Story) -> Donor:
    """Zofia, who gave two warm nights this morning."""
    donor.opens_package("warm-night", quantity=2)
    donor.gives_now()
    donor.pays()
    story.everybody_does_their_part()
    return donor


def test_all_of_it_goes_back(given: Donor, story: Story, bartek: Desk) -> None:
    """Zofia gave by mistake and gets all of it back: what the payment cost is the house's loss, not the need's."""
    bartek.gives_back(given.donation, "370")
    story.everybody_does_their_part()
    assert given.donation.state == DonationState.REFUNDED
    assert fund_balance(code="WARM-NIGHT") == 0
    assert len(given.finds_mails()) == 2
    assert "given back" in given.looks_again()
    assert "refund" not in bartek.is_offered(f"donations/{given.donation.pk}/")


def test_two_equal_parts_go_back(given: Donor, story: Story, bartek: Desk) -> None:
    """Zofia asks for a hundred back, and a week later for another hundred: these are two refunds, not one told twice."""
    bartek.gives_back(given.donation, "100")
    story.everybody_does_their_part()
    story.clock.passes(days=7)
    bartek.gives_back(given.donation, "100")
    story.everybody_does_their_part()
    assert Refund.objects.count() == 2
    assert given.donation.state == DonationState.PARTLY_REFUNDED
    assert "200.00" in given.looks_again()
    assert len(given.finds_mails()) == 3
    said = bartek.is_refused(f"donations/{given.donation.pk}/", "refund", amount="170.01", reason="more than is left")
    assert "170.00" in said


def test_a_refund_that_comes_back(given: Donor, story: Story, bartek: Desk, settings: Settings) -> None:
    """Zofia's account is closed, and her refund comes back to us a day later: the gift stands again, and staff are told."""
    before = fund_balance(code="WARM-NIGHT")
    story.sandbox.fault("refund_fails_later")
    bartek.gives_back(given.donation, "370")
    story.everybody_does_their_part()
    assert given.donation.state == DonationState.REFUNDED
    story.clock.passes(days=1)
    story.sandbox.release("refund_fails")
    story.everybody_does_their_part()
    assert given.donation.state == DonationState.SETTLED
    assert fund_balance(code="WARM-NIGHT") == before
    assert "Thank you" in given.looks_again()
    for _minute in range(2):
        story.workers.beat_strikes()
    notices = mails_to(settings.STAFF_EMAIL)
    assert len(notices) == 1
    assert "370,00" in notices[0].subject + notices[0].body, "Zofia still waits for her money"
    assert "refund" in bartek.is_offered(f"donations/{given.donation.pk}/"), "it can be tried another way"
