"""What else a donor does with gifts that come again: changes the way of giving, stops a mail, leaves a page."""

import re

import pytest
from django.core import mail
from django.test import Client as Browser

from payments.models import Donation, MonthlyGift, MonthlyOccasion
from payments.monthly_states import MonthlyKind, MonthlyState
from tests.factories.staff import read
from tests.stories.home import (
    Home,
    comes,
    confirms,
    due_dates,
    finds_link,
    gives_each_month,
    mails_go_out,
    presses,
    sets_up,
    time_passes,
    warsaw,
)
from tests.support.story import Donor, PaymentPage, Story

pytestmark = pytest.mark.money


def test_from_a_card_to_blik_and_back(donor: Donor, story: Story) -> None:
    """Zofia gives by card, then by BLIK from the mail, then by card again: each day is given once, in one way."""
    gift = gives_each_month(donor)
    home, page = Home(donor), f"monthly/{gift.pk}/switch/"
    assert "a mail on the day" in home.reads(page)
    assert "Given in another way from now on" in home.does(page)
    comes(story, warsaw(2026, 12, 21, 16))
    assert due_dates() == ["2026-11-21"]
    donor.answer = presses(finds_link(donor, "give"))
    assert "Thank you" in confirms(donor, blik="123456")
    mails_go_out(story)
    assert due_dates() == ["2026-11-21", "2026-12-21"]

    comes(story, warsaw(2027, 1, 4))
    led = home.sends(page)
    assert led.status_code == 303
    told = home.gives_a_card(gift, "switch", "5555555555554444") if "cs_test" in led["Location"] else home.reads()
    assert "21 January 2027" in told
    comes(story, warsaw(2027, 2, 22))
    assert due_dates() == ["2026-11-21", "2026-12-21", "2027-01-21", "2027-02-21"]
    gift.refresh_from_db()
    assert (gift.kind, gift.state) == (MonthlyKind.AUTOMATIC, MonthlyState.ACTIVE)
    assert MonthlyOccasion.objects.filter(state="given").count() == 1


def test_one_click_stops_one_kind_of_mail(donor: Donor, story: Story) -> None:
    """Zofia's mail program offers to stop the confirmations of renewals: one click stops these, and no other mail."""
    gift = gives_each_month(donor)
    comes(story, warsaw(2026, 12, 22))
    message = mail.outbox[-1]
    assert message.subject.startswith("Confirmation")
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.search(r"https?://[^/]+(/[^>]+)>", message.extra_headers["List-Unsubscribe"])
    assert found
    clicked = Browser(enforce_csrf_checks=True).post(found[1], {"List-Unsubscribe": "One-Click"})
    assert clicked.status_code == 200
    left = len(mail.outbox)
    comes(story, warsaw(2027, 1, 22))
    assert len(due_dates()) == 3
    assert len(mail.outbox) == left
    home = Home(donor)
    assert "2027/" in home.reads(f"monthly/{gift.pk}/") or "21 January 2027" in home.reads()
    home.does(f"monthly/{gift.pk}/cancel/")
    mails_go_out(story)
    assert "Your regular payment has ended" in donor.finds_mails()


def test_she_leaves_the_page_and_nothing_recurs(donor: Donor, story: Story) -> None:
    """Zofia reads on the payment page that it would come every month, and leaves: nothing is set up, then or later."""
    sets_up(donor)
    assert donor.answer is not None
    payment = PaymentPage(donor.answer["Location"], donor.email)
    story.pages.append(payment)
    assert re.search(r"50[.,]00.*every month|50[.,]00.*per month", payment.shows(), re.DOTALL)
    gift = MonthlyGift.objects.get()
    back = donor.browser.get(f"/en/thank-you/monthly/{gift.token}/cancelled/", follow=True)
    assert "Nothing was set up" in read(back)
    assert payment.pays_with() is None
    time_passes(story, days=70)
    gift.refresh_from_db()
    assert gift.state == MonthlyState.EXPIRED
    assert not Donation.objects.exists()
    assert donor.finds_mails() == []


def test_the_browser_is_closed_after_confirming(donor: Donor, story: Story) -> None:
    """Zofia confirms and closes her browser, and the notices come three days later: the first gift is of its own day."""
    sets_up(donor)
    assert donor.answer is not None
    donor.payment_page = PaymentPage(donor.answer["Location"], donor.email)
    story.pages.append(donor.payment_page)
    donor.pays_and_closes_the_browser()
    story.clock.passes(days=3)
    assert MonthlyGift.objects.get().state == MonthlyState.CHECKOUT_OPEN
    mails_go_out(story)
    assert due_dates() == ["2026-11-21"]
    assert "Your regular payment is set up" in donor.finds_mails()
    comes(story, warsaw(2026, 12, 22))
    assert due_dates() == ["2026-11-21", "2026-12-21"]
