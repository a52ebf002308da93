"""What the provider does to a monthly gift: no answer, no notice, notices in any order, money of a gift that has ended."""

import pytest
from django.db.models import F

from ledger.queries import account_balance
from payments.models import Donation, MonthlyGift, RenewalTrouble
from payments.monthly_states import ActState, MonthlyState
from tests.stories.desk import Desk
from tests.stories.home import (
    TASKS_OF_A_DAY,
    Home,
    comes,
    due_dates,
    ends_unpaid,
    gives_each_month,
    mails_go_out,
    newest_mail,
    time_passes,
    warsaw,
)
from tests.support.story import CARD_THAT_PAYS, Donor, Story

pytestmark = pytest.mark.money


def test_no_answer_in_the_middle_of_the_end(donor: Donor, story: Story) -> None:
    """Zofia ends her gift and the provider falls silent: the page says "in doubt", then it is done, and nothing is taken."""
    gift = gives_each_month(donor)
    home, page = Home(donor), f"monthly/{gift.pk}/"
    home.reads(page)
    story.sandbox.fault("timeout", method="DELETE", path="/v1/subscriptions/*", when="after", times=None)
    story.sandbox.fault("timeout", method="GET", path="/v1/subscriptions/*", when="before", times=None)
    told = home.does(f"{page}cancel/")
    assert "We don’t know yet whether it is done" in told
    assert "We don’t know yet whether it is done" in home.reads(page)
    assert "Your regular payment has ended" not in donor.finds_mails()

    story.sandbox.clear_faults()
    time_passes(story, minutes=10)
    assert "Ended" in home.reads(page)
    assert "Your regular payment has ended" in donor.finds_mails()
    time_passes(story, days=70)
    assert due_dates() == ["2026-11-21"]
    assert gift.acts.get().state == ActState.CONFIRMED


def test_money_of_an_ended_gift_goes_back(donor: Donor, story: Story, bartek: Desk) -> None:
    """The gift ended unpaid, and weeks later Zofia pays its old invoice: that money is no gift, waits for staff, goes back."""
    ends_unpaid(donor)
    time_passes(story, days=14)
    unpaid = RenewalTrouble.objects.get().invoice_ref
    assert story.sandbox.pay_invoice(unpaid, card=CARD_THAT_PAYS)["result"] == "paid"
    mails_go_out(story)
    assert due_dates() == ["2026-11-21"]
    assert account_balance(code="liability:unmatched") == -5_000

    assert "50.00" in bartek.reads("unmatched/")
    bartek.gives_back_what_is_unmatched()
    mails_go_out(story)
    assert account_balance(code="liability:unmatched") == 0
    assert "Nothing is unmatched" in bartek.reads("unmatched/")
    assert MonthlyGift.objects.get().state == MonthlyState.CANCELLED


def test_the_notices_of_a_renewal_never_come(donor: Donor, story: Story) -> None:
    """No notice of the second gift ever comes: the sweeper finds it within hours, and a day later nothing is double."""
    gives_each_month(donor)
    story.clock.comes(warsaw(2026, 12, 21, 17, 30))
    story.workers.beat_strikes(*TASKS_OF_A_DAY)
    assert due_dates() == ["2026-11-21", "2026-12-21"]
    assert newest_mail(donor).startswith("Confirmation")
    time_passes(story, days=1)
    story.workers.beat_strikes("payments.fetch_missed_events", "payments.compare_with_provider")
    assert Donation.objects.count() == 2


def test_notices_of_a_renewal_come_twice_and_backwards(donor: Donor, story: Story) -> None:
    """Every notice of three months comes three times, the last first: the books are those of one telling."""
    gives_each_month(donor)
    story.clock.comes(warsaw(2027, 1, 22))
    story.webhooks.arrive(times=3, backwards=True)
    mails_go_out(story)
    assert due_dates() == ["2026-11-21", "2026-12-21", "2027-01-21"]
    assert MonthlyGift.objects.get().state == MonthlyState.ACTIVE
    assert len([subject for subject in donor.finds_mails() if subject.startswith("Confirmation")]) == 3
    assert not Donation.objects.exclude(gross_minor=F("lines_minor") + F("cover_fee_minor")).exists()
    comes(story, warsaw(2027, 2, 22))
    assert len(due_dates()) == 4
