"""A part of each gift pays for running costs: who decides it, who is told before paying, and what the report says."""

import json

import pytest

from tests.stories.desk import Desk
from tests.support.story import Donor, Story

pytestmark = pytest.mark.money

FIVE_PERCENT_OF_BOTH, STILL_THERE = 15_00, 13_00


def test_a_part_of_each_gift_pays_for_running_costs(story: Story, donor: Donor, ada: Desk, bartek: Desk) -> None:
    """A share is approved and said before paying; what goes back takes its part along, and the report says what was taken."""
    page = "running-costs/"
    donor.chooses_sum("200", to="WARM-NIGHT")
    assert "running costs, such as" not in donor.reads_the_form()
    assert "yet to come" in ada.is_refused(page, "propose", percent="5", from_day=ada.today, reason="rent and servers")
    ada.does(page, "propose", percent="5", from_day="2026-11-22", reason="rent and servers")
    assert not [act for act in ada.is_offered(page) if act.startswith("approve")]
    (approve,) = (act for act in bartek.is_offered(page) if act.startswith("approve"))
    bartek.does(page, approve, reason="as the board decided")

    story.clock.passes(days=1)
    assert donor.sends_the_form().status_code == 409, "the page said nothing of a share when it was opened"
    said = donor.reads_the_form()
    assert "5% pays for running costs" in said
    assert "10.00 zł of this one" in said
    donor.gives_now()
    donor.pays()
    neighbour = story.another_donor("piotr@example.org")
    neighbour.chooses_sum("100")
    neighbour.gives_now()
    neighbour.pays()
    story.everybody_does_their_part()

    bartek.gives_back(donor.donation, "40")
    story.clock.passes(days=15)
    story.workers.beat_strikes("attribution.line_up_day")
    bartek.gives_back(donor.donation, "40")
    story.everybody_does_their_part()

    story.clock.passes(days=10)
    story.workers.beat_strikes("transparency.draft_last_month")
    report = ada.finds_report("2026-11-r1")
    assert "What does not hold" not in ada.reads(report)
    ada.sends_to_review(report)
    bartek.publishes(report)
    told = json.loads(donor.browser.get("/en/reports/2026-11-r1/report.json").content)["policy"]
    assert (told["share_said"], told["share_booked"], told["share"]) == (
        FIVE_PERCENT_OF_BOTH,
        FIVE_PERCENT_OF_BOTH,
        STILL_THERE,
    )
    assert told["policies"] == [{"permille": 50, "from": "2026-11-22", "until": None}]
    assert "What these donors were told before paying" in donor.opens("reports/2026-11-r1/")
