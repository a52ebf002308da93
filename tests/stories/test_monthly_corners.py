"""Where two things meet: an end and an open renewal, a raise and a retry, a skip taken back, a refund, a 31st by hand."""

import pytest
from django.test import Client as Browser

from payments.models import Donation, MonthlyGift, MonthlyOccasion, RenewalTrouble
from payments.monthly_states import MonthlyState, TroubleState
from tests.stories.desk import Desk
from tests.stories.home import (
    CARD_WITHOUT_MONEY,
    Home,
    comes,
    confirms,
    due_dates,
    finds_link,
    gives_card,
    gives_each_month,
    looks_at,
    mails_go_out,
    newest_mail,
    presses,
    sets_up,
    warsaw,
)
from tests.support.story import CARD_THAT_PAYS, Donor, Story

pytestmark = pytest.mark.money


def december_fails(donor: Donor, story: Story) -> MonthlyGift:
    """A gift whose second renewal was refused a day ago."""
    gift = gives_each_month(donor)
    story.sandbox.change_card(gift.method_ref, card=CARD_WITHOUT_MONEY)
    comes(story, warsaw(2026, 12, 22))
    assert RenewalTrouble.objects.get().state == TroubleState.RETRYING
    return gift


def test_ended_while_a_renewal_is_unpaid(donor: Donor, story: Story) -> None:
    """December could not be taken and Zofia ends her gift: the retry of two days later takes nothing, the link says why."""
    gift = december_fails(donor, story)
    Home(donor).does(f"monthly/{gift.pk}/cancel/", why="money")
    assert "has ended" in looks_at(finds_link(donor, "mend"))
    story.sandbox.change_card(gift.method_ref, card=CARD_THAT_PAYS)
    comes(story, warsaw(2027, 2, 22))
    assert due_dates() == ["2026-11-21"]
    assert RenewalTrouble.objects.get().state == TroubleState.DROPPED
    assert newest_mail(donor).startswith("Your regular payment has ended")


def test_raised_while_a_renewal_is_unpaid(donor: Donor, story: Story) -> None:
    """December could not be taken and Zofia raises her gift: the retry takes December's old sum, January has the new one."""
    gift = december_fails(donor, story)
    assert "80.00 zł every month" in Home(donor).does(f"monthly/{gift.pk}/change/", sum="80")
    story.sandbox.change_card(gift.method_ref, card=CARD_THAT_PAYS)
    comes(story, warsaw(2027, 1, 22))
    assert due_dates() == ["2026-11-21", "2026-12-21", "2027-01-21"]
    assert list(Donation.objects.order_by("due_on").values_list("gross_minor", flat=True)) == [5_000, 5_000, 8_000]


def test_a_mend_link_runs_out(donor: Donor, story: Story) -> None:
    """The mail's link lives seven days: then it leads nowhere, the last try's mail brings another, and that one mends."""
    december_fails(donor, story)
    first = finds_link(donor, "mend")
    comes(story, warsaw(2027, 1, 1))
    assert Browser().get(first).status_code == 404
    second = finds_link(donor, "mend")
    assert second != first
    led = presses(second, **{"with": "other"})
    assert "cs_test" in led["Location"]
    gives_card(story, led["Location"], "5555555555554444")
    mails_go_out(story)
    assert "This gift is paid" in looks_at(second)
    comes(story, warsaw(2027, 1, 22))
    assert due_dates() == ["2026-11-21", "2026-12-21", "2027-01-21"]


def test_a_skip_is_taken_back(donor: Donor, story: Story) -> None:
    """Zofia skips December and thinks better of it a week later: December is taken after all, once."""
    gift = gives_each_month(donor)
    home, page = Home(donor), f"monthly/{gift.pk}/"
    home.does(f"{page}skip/")
    comes(story, warsaw(2026, 11, 28))
    assert "21 December 2026" in home.does(f"{page}resume/")
    comes(story, warsaw(2027, 1, 22))
    assert due_dates() == ["2026-11-21", "2026-12-21", "2027-01-21"]


def test_a_renewal_is_given_back(donor: Donor, story: Story, bartek: Desk) -> None:
    """January is given back at Zofia's wish: her monthly gift goes on, and February comes as it was told."""
    gift = gives_each_month(donor)
    comes(story, warsaw(2027, 1, 23))
    bartek.gives_back(Donation.objects.get(due_on="2027-01-21"), "50")
    mails_go_out(story)
    page = Home(donor).reads(f"monthly/{gift.pk}/")
    assert "given back" in page
    comes(story, warsaw(2027, 2, 22))
    assert due_dates() == ["2026-11-21", "2026-12-21", "2027-01-21", "2027-02-21"]
    assert MonthlyGift.objects.get().state == MonthlyState.ACTIVE


def test_the_provider_ends_it_and_says_nothing(donor: Donor, story: Story) -> None:
    """The gift is ended in the provider's own window and no notice comes: at night it is found, told, and begun again."""
    gift = gives_each_month(donor)
    comes(story, warsaw(2026, 12, 1))
    story.sandbox.stripe_client().v1.subscriptions.cancel(gift.subscription_ref or "")
    story.webhooks.brought |= {event["id"] for event in story.webhooks.waiting()}
    story.workers.beat_strikes("payments.compare_with_provider", "donors.sweep_mails")
    gift.refresh_from_db()
    assert gift.state == MonthlyState.CANCELLED
    assert newest_mail(donor).startswith("Your regular payment has ended")
    assert "Begun again" in Home(donor).does(f"monthly/{gift.pk}/restart/")
    comes(story, warsaw(2026, 12, 22))
    assert due_dates() == ["2026-11-21", "2026-12-21"]


def test_by_hand_on_the_thirty_first(donor: Donor, story: Story) -> None:
    """Zofia gives by hand on the 31st: the mail comes on the last day of each month, and each is paid once."""
    sets_up(donor, kind="by_hand", day="31")
    for last in (warsaw(2026, 11, 30), warsaw(2026, 12, 31), warsaw(2027, 1, 31), warsaw(2027, 2, 28)):
        comes(story, last)
        assert donor.finds_mails().count("The day you chose") == Donation.objects.count() + 1
        link = finds_link(donor, "give")
        donor.answer = presses(link)
        assert "Thank you" in confirms(donor, blik="123456")
        mails_go_out(story)
        assert "This gift is given" in looks_at(link)
    assert due_dates() == ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28"]
    assert MonthlyOccasion.objects.filter(state="given").count() == 4
