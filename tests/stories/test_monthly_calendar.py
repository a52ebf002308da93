"""Days that a calendar makes hard: the 31st, the change of the clocks, and New Year's Eve."""

import pytest

from core.periods import WARSAW
from payments.models import Donation, MonthlyGift
from payments.queries.monthly import monthly_gift_for_staff
from tests.stories.home import Home, comes, confirms, due_dates, gives_each_month, mails_go_out, sets_up, warsaw
from tests.support.story import Donor, Story

pytestmark = pytest.mark.money


def told_ahead(gift: MonthlyGift, story: Story) -> list[str]:
    """The next three days, as every page and mail shows them."""
    found = monthly_gift_for_staff(gift_id=gift.pk, now=story.clock.now)
    assert found is not None
    return [str(day) for day in found.row.next_dates]


def test_the_thirty_first_over_february(donor: Donor, story: Story) -> None:
    """Zofia gives on the 31st: February has its last day, March its 31st again, and New Year's Eve is still in its year."""
    gift = gives_each_month(donor, day="31")
    assert told_ahead(gift, story) == ["2026-11-30", "2026-12-31", "2027-01-31"]
    comes(story, warsaw(2027, 1, 2))
    assert due_dates() == ["2026-11-30", "2026-12-31"]
    eve = Donation.objects.get(due_on="2026-12-31")
    assert eve.settled_at is not None
    assert eve.settled_at.astimezone(WARSAW).year == 2026
    assert told_ahead(gift, story) == ["2027-01-31", "2027-02-28", "2027-03-31"]
    assert "28 February 2027" in Home(donor).reads(f"monthly/{gift.pk}/")
    comes(story, warsaw(2027, 5, 2))
    assert due_dates() == ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]


def test_late_on_new_years_eve(donor: Donor, story: Story) -> None:
    """Zofia gives half an hour before the new year: nothing is taken at once, each gift falls on the day that she was told."""
    story.clock.comes(warsaw(2026, 12, 31, 23, 30))
    sets_up(donor, day="31")
    confirms(donor)
    mails_go_out(story)
    gift = MonthlyGift.objects.get()
    promised = told_ahead(gift, story)
    assert promised == ["2027-01-31", "2027-02-28", "2027-03-31"]
    assert not Donation.objects.exists()
    comes(story, warsaw(2027, 4, 1))
    assert due_dates() == promised


def test_over_the_change_of_the_clocks(donor: Donor, story: Story) -> None:
    """A gift of the night in which clocks go forward, and back in October, falls on the day told, in summer and winter."""
    story.clock.comes(warsaw(2027, 2, 28, 1, 30))
    sets_up(donor, day="28")
    confirms(donor)
    mails_go_out(story)
    gift = MonthlyGift.objects.get()
    assert told_ahead(gift, story) == ["2027-03-28", "2027-04-28", "2027-05-28"]
    promised: list[str] = []
    for month in range(3, 12):
        promised.append(told_ahead(gift, story)[0])
        comes(story, warsaw(2027, month, 28, 23, 30))
    assert promised == [f"2027-{month:02}-28" for month in range(3, 12)]
    assert due_dates() == ["2027-02-28", *promised]
