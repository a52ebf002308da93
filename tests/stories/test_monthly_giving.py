"""Giving again and again: from a need's page, from a basket, and a second time to the same need."""

import pytest
from django.core import mail

from payments.models import Donation, MonthlyGift, Receipt
from payments.monthly_states import Interval, MonthlyState
from tests.factories.giving import main_of
from tests.factories.staff import read
from tests.stories.home import (
    FIFTY_EACH_MONTH,
    Home,
    comes,
    confirms,
    due_dates,
    finds_link,
    gives_each_month,
    looks_at,
    newest_mail,
    presses,
    scanner_opens,
    sets_up,
    time_passes,
    warsaw,
)
from tests.support.story import Donor, Story

pytestmark = pytest.mark.money

EACH_QUARTER_FROM_THE_BASKET = "/en/give/monthly/details/?every=quarter&from=basket"


def test_fifty_each_month(donor: Donor, story: Story) -> None:
    """Zofia gives 50 zł every month from a need's page: the first today, three more on their days, each with its receipt."""
    donor.opens("needs/lawyer/")
    assert "/en/give/?need=lawyer" in donor.answer.content.decode()
    assert "Every month" in donor.opens("give/?need=lawyer&every=month")
    sets_up(donor)
    assert "Your first donation has arrived" in confirms(donor)
    time_passes(story, days=1)
    first = " ".join(str(message.body) for message in mail.outbox)
    assert "50.00 zł every month" in " ".join(first.split())
    assert "December 21, 2026" in " ".join(first.split()) or "21 December 2026" in " ".join(first.split())

    comes(story, warsaw(2027, 2, 22))
    assert due_dates() == ["2026-11-21", "2026-12-21", "2027-01-21", "2027-02-21"]
    numbers = [subject for subject in donor.finds_mails() if subject.startswith("Confirmation")]
    assert len(numbers) == len(set(numbers)) == Receipt.objects.count() == 4
    page = Home(donor).reads(f"monthly/{MonthlyGift.objects.get().pk}/")
    assert "21 March 2027, 21 April 2027, 21 May 2027" in page or "21 March 2027" in page


def test_a_basket_each_quarter_with_the_fee_covered(donor: Donor, story: Story) -> None:
    """Zofia gives the packages of her basket every three months and covers the fee: half a year later it came three times."""
    donor.puts_in_basket("warm-night")
    donor.puts_in_basket("lawyer-hour", 2)
    assert "Give these packages every month" in donor.opens("basket/")
    gift = gives_each_month(donor, page=EACH_QUARTER_FROM_THE_BASKET, cover_fee="on")
    assert gift.terms.get().interval == Interval.QUARTER
    assert "A warm night" in donor.opens("basket/"), "the basket is no part of the gift and stays"
    comes(story, warsaw(2027, 5, 22))
    assert due_dates() == ["2026-11-21", "2027-02-21", "2027-05-21"]
    sums = set(Donation.objects.values_list("gross_minor", "cover_fee_minor"))
    assert sums == {(52_500 + fee, fee) for _gross, fee in sums}
    assert all(fee > 0 for _gross, fee in sums)


def test_a_second_gift_is_joined_to_the_first(donor: Donor, story: Story) -> None:
    """Not signed in, Zofia sets up a second gift to the same need: its first mail asks, and one button makes one of two."""
    first = gives_each_month(donor)
    donor.browser.cookies.clear()
    second = gives_each_month(donor)
    assert second != first
    link = finds_link(donor, "merge")
    scanner_opens(link)
    assert "100.00 zł every month" in looks_at(link)
    assert presses(link).status_code == 303
    assert "Two gifts are one now" in looks_at(link)
    time_passes(story, days=31)
    assert sorted(MonthlyGift.objects.values_list("state", flat=True)) == [MonthlyState.ACTIVE, MonthlyState.CANCELLED]
    assert due_dates() == ["2026-11-21", "2026-11-21", "2026-12-21"]
    assert Donation.objects.latest("settled_at").gross_minor == 10_000


def test_who_is_signed_in_is_asked_before(donor: Donor, story: Story) -> None:
    """Signed in, Zofia is asked before a second gift to the same need begins, and raises the first instead."""
    gift = gives_each_month(donor)
    home = Home(donor)
    home.reads()
    page = home.browser.get(FIFTY_EACH_MONTH)
    donor.form = FIFTY_EACH_MONTH
    donor.reads_the_form()
    typed = {"email": donor.email, "accept_terms": "on", "kind": "automatic", "receipts": "each", "day": "21"}
    asked = home.browser.post(FIFTY_EACH_MONTH, {**donor._hidden, **typed})
    assert (page.status_code, asked.status_code) == (200, 409)
    assert "You already give to this regularly" in read(asked)
    raised = home.browser.post(FIFTY_EACH_MONTH, {**donor._hidden, **typed, "commitment": "raise"})
    change = raised["Location"].split("/my-giving/")[1]
    assert 'value="100"' in main_of(home.browser.get(raised["Location"])), "what both would be stands in the form"
    assert "100.00 zł every month" in home.does(change)
    assert "100.00 zł" in newest_mail(donor) or "100.00 zł" in home.reads(f"monthly/{gift.pk}/")
    time_passes(story, days=31)
    assert MonthlyGift.objects.count() == 1
    assert sorted(Donation.objects.values_list("gross_minor", flat=True)) == [5_000, 10_000]
