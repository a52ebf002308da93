"""Monthly gifts that don't go by themselves: a card that fails, a gift by hand, one that was not meant."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client as Browser

from payments.models import Donation, MonthlyGift, MonthlyOccasion
from payments.monthly_states import MonthlyState, OccasionState
from stripe_sandbox.testing import Client as Sandbox
from tests.factories.giving import hidden_in
from tests.factories.staff import read
from tests.support.story import Donor, PaymentPage, Story, Workers

pytestmark = pytest.mark.money

FIFTY_EACH_MONTH = "/en/give/monthly/details/?every=month&amount=own&own_amount=50&need=lawyer"
CARD_THAT_FAILS_LATER = "4000000000000341"


def sets_up(donor: Donor, **typed: Any) -> None:
    """Fill in the form of a monthly gift; by hand it begins there, else on the payment page."""
    donor.form = FIFTY_EACH_MONTH
    donor.reads_the_form()
    answer = donor.browser.post(
        donor.form, {**donor._hidden, "email": donor.email, "accept_terms": "on", "receipts": "each", **typed}
    )
    assert answer.status_code in (302, 303), read(answer)[:600]
    donor.answer = answer


def confirms(donor: Donor, **way: str) -> str:
    """Go through the payment page that the browser was sent to, and come back: what the page there says."""
    assert donor.answer is not None
    donor.payment_page = PaymentPage(donor.answer["Location"], donor.email)
    donor.world.pages.append(donor.payment_page)
    return donor.pays(**way)


def finds_link(donor: Donor, page: str) -> str:
    """The newest link of that sort in the donor's mailbox: its path."""
    for message in reversed(mail.outbox):
        found = re.search(rf"/en/monthly/{page}/[\w-]+/", str(message.body))
        if message.to == [donor.email] and found:
            return found[0]
    raise AssertionError(f"no mail with a link to {page}/")


def presses(path: str, **chosen: str) -> Any:
    """Open a link in another browser, where nobody is signed in, and press its button."""
    browser = Browser(enforce_csrf_checks=True, headers={"sec-fetch-site": "same-origin"})
    page = browser.get(path)
    assert page.status_code == 200, page.status_code
    return browser.post(path, {**hidden_in(page), **chosen})


def scanner_opens(path: str) -> None:
    """A mail server's virus scanner opens every link, more than once."""
    for _ in range(3):
        assert Browser().get(path).status_code == 200


def time_passes(story: Story, **length: float) -> None:
    """Days go by: the provider acts, tells us, and the workers follow."""
    story.clock.passes(**length)
    story.everybody_does_their_part()
    story.workers.beat_strikes("payments.make_occasions", "donors.sweep_mails")


def test_a_card_fails_and_the_gift_is_mended(donor: Donor, story: Story) -> None:
    """Zofia's card fails in the second month: the mail's link pays that month with another card, once, and the third comes."""
    sets_up(donor, kind="automatic", day="21")
    confirms(donor, card=CARD_THAT_FAILS_LATER)
    time_passes(story, days=30, hours=6)
    assert MonthlyGift.objects.get().state == MonthlyState.PAST_DUE
    link = finds_link(donor, "mend")
    scanner_opens(link)
    assert Donation.objects.count() == 1

    page = PaymentPageForACard(presses(link, **{"with": "other"})["Location"], story.sandbox)
    page.takes("5555555555554444")
    back = Browser().get(f"{link}?back=1", follow=True)
    assert "This gift is paid" in read(back)
    story.everybody_does_their_part()
    assert MonthlyGift.objects.get().state == MonthlyState.ACTIVE
    assert "This gift is paid" in read(Browser().get(link))

    time_passes(story, days=31)
    assert [gift.due_on.isoformat() for gift in Donation.objects.order_by("due_on") if gift.due_on] == [
        "2026-11-21",
        "2026-12-21",
        "2027-01-21",
    ]


def test_three_months_by_hand(donor: Donor, story: Story) -> None:
    """Zofia gives by hand: one month by BLIK from the mail's link, one she leaves out, and with the third she stops."""
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
    presses(finds_link(donor, "stop"))
    time_passes(story, days=40)
    states = MonthlyOccasion.objects.order_by("due_on").values_list("state", flat=True)
    assert list(states) == [OccasionState.GIVEN, OccasionState.SKIPPED, OccasionState.LAPSED]
    assert MonthlyGift.objects.get().state == MonthlyState.CANCELLED
    assert Donation.objects.count() == 1


def test_a_gift_that_was_not_meant_monthly(donor: Donor, story: Story, workers: Workers) -> None:
    """Zofia meant to give once: one button in the first mail stops it, what she gave stays given, and nothing follows."""
    sets_up(donor, kind="automatic", day="21")
    confirms(donor)
    story.everybody_does_their_part()
    workers.beat_strikes("donors.sweep_mails")
    link = finds_link(donor, "undo")
    scanner_opens(link)
    assert MonthlyGift.objects.get().state == MonthlyState.ACTIVE
    presses(link)
    assert "Stop it" not in read(Browser().get(link))
    time_passes(story, days=70)
    assert MonthlyGift.objects.get().state == MonthlyState.CANCELLED
    assert Donation.objects.count() == 1


class PaymentPageForACard:
    """The provider's page on which a card is given and nothing is taken."""

    def __init__(self, url: str, sandbox: Sandbox) -> None:
        found = re.search(r"cs_test_\w+", url)
        assert found, url
        self.session, self.sandbox = found[0], sandbox

    def takes(self, card: str) -> None:
        assert self.sandbox.setup(self.session, card=card)["result"] == "kept"
