"""A donor steers a monthly gift from home, or has staff do it; and an offer to give more does this one thing."""

import pytest
from django.core import mail
from django.test import Client as Browser

from core.models import TrailEntry
from payments.models import Donation, MonthlyAct, MonthlyGift
from payments.monthly_states import ActState, MonthlyState
from tests.stories.desk import Desk
from tests.stories.home import (
    Home,
    comes,
    due_dates,
    finds_link,
    gives_each_month,
    looks_at,
    mails_go_out,
    newest_mail,
    presses,
    scanner_opens,
    time_passes,
    warsaw,
)
from tests.support.story import Donor, Story

pytestmark = pytest.mark.money


def sums() -> list[int]:
    """What came, in whole złoty, by the day that it was due."""
    gifts = Donation.objects.filter(settled_at__isnull=False).order_by("due_on")
    return [minor // 100 for minor in gifts.values_list("gross_minor", flat=True)]


def test_raised_moved_and_given_to_another_need(donor: Donor, story: Story) -> None:
    """Zofia raises her gift, gives it to another need and on another day, then each quarter: each is read back and mailed."""
    gift = gives_each_month(donor)
    home, page = Home(donor), f"monthly/{gift.pk}/"
    time_passes(story, days=1)
    assert "80.00 zł every month" in home.does(f"{page}change/", sum="80")
    mails_go_out(story)
    assert "80.00 zł" in newest_mail(donor)

    comes(story, warsaw(2026, 12, 22))
    assert "Changed" in home.does(f"{page}change/", need="warm-night")
    assert "Warmth at night" in home.reads(page)
    assert "5 February 2027" in home.does(f"{page}change/", day="5"), "December is paid for until 21 January"
    comes(story, warsaw(2027, 2, 6))

    told = home.does(f"{page}change/", interval="quarter")
    assert "80.00 zł every three months" in told
    comes(story, warsaw(2027, 6, 6))
    assert sums() == [50, 80, 80, 80, 80]
    assert due_dates() == ["2026-11-21", "2026-12-21", "2027-02-05", "2027-03-05", "2027-06-05"]
    assert set(MonthlyAct.objects.values_list("state", flat=True)) == {ActState.CONFIRMED}
    assert MonthlyAct.objects.count() == donor.finds_mails().count("Your regular payment: a change")


def test_skipped_and_paused_with_its_own_return(donor: Donor, story: Story) -> None:
    """Zofia skips December, later pauses for three months, and it goes on by itself on its day."""
    gift = gives_each_month(donor)
    home, page = Home(donor), f"monthly/{gift.pk}/"
    assert "21 December 2026" in home.reads(f"{page}skip/")
    told = home.does(f"{page}skip/")
    assert "The next gift is skipped" in told
    assert "21 January 2027" in told
    comes(story, warsaw(2027, 1, 25))
    assert due_dates() == ["2026-11-21", "2027-01-21"]

    told = home.does(f"{page}pause/", months="3")
    assert "Paused until 25 April 2027" in told
    assert "21 May 2027" in told
    comes(story, warsaw(2027, 5, 22))
    assert due_dates() == ["2026-11-21", "2027-01-21", "2027-05-21"]
    assert "21 June 2027" in home.reads(page)


def test_resumed_early_ended_and_begun_again(donor: Donor, story: Story) -> None:
    """Zofia pauses for a year, goes on after two months, ends it in spring, and begins it again in summer."""
    gift = gives_each_month(donor)
    home, page = Home(donor), f"monthly/{gift.pk}/"
    home.does(f"{page}pause/", months="12")
    comes(story, warsaw(2027, 1, 25))
    assert due_dates() == ["2026-11-21"]
    told = home.does(f"{page}resume/")
    assert "It goes on" in told
    assert "21 February 2027" in told
    comes(story, warsaw(2027, 2, 22))

    assert "Give less" in home.reads(f"{page}cancel/"), "less and a pause are offered once, beside the end"
    told = home.does(f"{page}cancel/", why="money")
    assert "none: nothing more is taken" in told
    comes(story, warsaw(2027, 6, 10))
    assert due_dates() == ["2026-11-21", "2027-02-21"]
    assert "Begun again" in home.does(f"{page}restart/")
    comes(story, warsaw(2027, 7, 22))
    assert due_dates() == ["2026-11-21", "2027-02-21", "2027-06-21", "2027-07-21"]


def test_staff_act_for_a_donor_who_wrote(donor: Donor, story: Story, ada: Desk, bartek: Desk) -> None:
    """Zofia writes a letter: staff lower her gift and later end it, with a reason; the way in goes to her address alone."""
    gift = gives_each_month(donor)
    page = f"monthly/{gift.pk}/"
    filled = {"need": "", "interval": "month", "day": "21", "receipts": "each"}
    bartek.does(page, "change", sum="30", reason="her letter of 20 November", **filled)
    assert "30.00 zł" in bartek.reads(page)
    mails_go_out(story)
    assert "30.00 zł" in newest_mail(donor)

    before = len(mail.outbox)
    bartek.does(page, "resend", reason="she can't find the mail", email="stranger@example.org")
    mails_go_out(story)
    assert [message.to for message in mail.outbox[before:]] == [[donor.email]]
    assert finds_link(donor, "link")

    comes(story, warsaw(2026, 12, 22))
    bartek.does(page, "cancel", why="", reason="her letter of 21 December")
    time_passes(story, days=40)
    assert sums() == [50, 30]
    assert MonthlyGift.objects.get().state == MonthlyState.CANCELLED
    trail = TrailEntry.objects.filter(subject=f"monthly_gift:{gift.pk}", actor=bartek.user)
    assert {"her letter of 20 November", "her letter of 21 December"} <= set(trail.values_list("reason", flat=True))
    assert "by our staff, at your wish" in Home(donor).reads(page)
    assert "cancel" not in ada.is_offered(page)


def test_ten_more(donor: Donor, story: Story, bartek: Desk) -> None:
    """Zofia is offered to give 10 zł more: the link raises the gift once, by that, and does nothing else ever after."""
    gift = gives_each_month(donor)
    bartek.does(f"monthly/{gift.pk}/", "offer", add="10", reason="a year of giving")
    mails_go_out(story)
    assert "10.00 zł more" in newest_mail(donor)
    link = finds_link(donor, "more")
    scanner_opens(link)
    assert not MonthlyAct.objects.exists()
    assert "60.00 zł every month" in looks_at(link)
    presses(link, add_minor="-4000", sum="1", next="https://example.net/")
    assert "Changed" in looks_at(link)
    again = Browser().post(link)
    assert again.status_code in (303, 409)
    assert MonthlyAct.objects.count() == 1
    time_passes(story, days=31)
    assert sums() == [50, 60]
    assert Browser().get(link).status_code in (200, 404)
