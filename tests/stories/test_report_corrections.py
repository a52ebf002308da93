"""What was published turns out otherwise: a later revision says what changed, and the first one stays."""

import json

import pytest

from tests.factories.staff import make_member
from tests.stories.desk import Desk
from tests.support.story import Donor, Story
from transparency.models import ReportFinding

pytestmark = pytest.mark.money

GIVEN = 50_00


def test_a_report_so_far_is_corrected_after_a_late_refund(story: Story, donor: Donor, ada: Desk, bartek: Desk) -> None:
    """November so far is published; then Zofia's gift goes back, the fee is lost, and the next revision says so."""
    donor.chooses_sum("50", to="GENERAL")
    donor.gives_now()
    donor.pays()
    story.everybody_does_their_part()
    first = so_far(ada, reason="a donor asked what became of the gifts")
    story.workers.work()
    ada.sends_to_review(first)
    bartek.publishes(first)
    as_published = the_file_of("to-date-r1", donor)
    assert as_published["lines"]["came_in"] == GIVEN

    story.clock.passes(days=2)
    bartek.gives_back(donor.donation, "50")
    story.everybody_does_their_part()
    second = so_far(ada, reason="a gift went back to its donor")
    story.workers.work()
    assert "No fund is below zero" in ada.reads(second), (
        "what the payment cost is lost, and nothing is there to bear it"
    )
    assert "accept" not in bartek.is_offered(second)
    tekla = Desk(make_member("tekla", "treasurers"), story.clock)
    lacking = ReportFinding.objects.get()
    tekla.does(second, "accept", finding=str(lacking.pk), reason="the next gift will make up for the fee")
    story.workers.work()
    said = ada.reads(second)
    assert "Difference from the revision it corrects" in said
    assert "Given back" in said
    ada.sends_to_review(second)
    bartek.publishes(second)

    corrected = the_file_of("to-date-r2", donor)
    difference = corrected["correction"]["difference"]
    assert corrected["correction"]["reason"] == "a gift went back to its donor"
    assert difference["given_back"] == -difference["closing"] == GIVEN
    (accepted,) = corrected["accepted_differences"]
    assert (accepted["check"], accepted["subject"]) == ("no_fund_below_zero", "GENERAL")
    assert accepted["amount"] == difference["closing"] + as_published["lines"]["closing"]
    assert accepted["reason"] == "the next gift will make up for the fee"
    assert {"funds", "lines"} <= set(corrected["correction"]["sections"])
    assert the_file_of("to-date-r1", donor) == as_published, "what was published stays"
    assert "There is a newer revision" in donor.opens(f"reports/{as_published['report']['slug']}/")


def so_far(who: Desk, *, reason: str) -> str:
    """Asks for the report of the present month so far; its page."""
    answer = who.does("reports/", "ask", kind="to_date", month="", campaign="", as_of="", reason=reason)
    return answer["Location"].split("/desk/")[1]


def the_file_of(which: str, donor: Donor) -> dict:
    """A report of the month so far as anyone downloads it."""
    found = donor.browser.get(f"/en/reports/2026-11-{which}/report.json")
    assert found.status_code == 200
    return json.loads(found.content)
