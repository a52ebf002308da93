"""The month is over: what the report says, what stops it, who publishes it, and what is put right afterwards."""

import json
from datetime import UTC, datetime

import pytest

from aid_packages.models import Partner
from core.documents.canonical import sha256_hex
from core.money import format_money
from tests.stories.desk import Desk, bank_account_opens
from tests.support.story import Donor, Story
from transparency.models import Report

pytestmark = pytest.mark.money

AN_OCTOBER_DAY = datetime(2026, 10, 12, 10, 0, tzinfo=UTC)
THE_16TH_AT_SIX = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
FIVE_LINES = {
    "came_in": 42_000,
    "fees_and_running_costs": 655,
    "help_with_documents": 50_000,
    "with_partners": 30_000,
    "waiting": 161_345,
}
"""Of October, with the neighbour's 50 zł, whose fee was taken in November. Waiting includes the 2,000 zł of before."""


@pytest.fixture
def october(story: Story, donor: Donor, ada: Desk, bartek: Desk) -> Donor:
    """Zofia gave 370 zł; of 2,000 zł on the account the field team got 800 zł and brought an invoice for 500 zł."""
    story.clock.comes(AN_OCTOBER_DAY)
    bank_account_opens(fund="WARM-NIGHT", amount_minor=200_000, clock=story.clock)
    donor.opens_package("warm-night", quantity=2)
    donor.gives_now()
    donor.pays()
    story.everybody_does_their_part()
    envelope = ada.drafts(
        fund="WARM-NIGHT", partner="DEMO-FIELD", amount="1000", purpose="Sleeping bags", months="2026-10"
    )
    bartek.approves(envelope)
    bartek.pays_advance(envelope, "800")
    bartek.accepts(ada.records(envelope, "FV 3/10", "500"))
    return donor


def test_the_report_stops_at_a_fault_and_names_it(october: Donor, story: Story, ada: Desk, bartek: Desk) -> None:
    """The provider has not said what a charge of October cost: the report stops and names it; told, it can be published."""
    story.sandbox.fault("late_balance_transaction")
    neighbour = story.another_donor("piotr@example.org")
    neighbour.opens_package("fuel")
    neighbour.gives_now()
    neighbour.pays()
    story.everybody_does_their_part()

    story.clock.comes(THE_16TH_AT_SIX)
    story.workers.beat_strikes("transparency.draft_last_month")
    report = ada.finds_report("2026-10-r1")
    page = ada.reads(report)
    assert "What does not hold" in page
    assert neighbour.donation.charges.get().ref in page
    assert "send" not in ada.is_offered(report)
    assert "publish" not in bartek.is_offered(report)

    story.sandbox.release("balance_transaction")
    story.everybody_does_their_part()
    ada.does(report, "rebuild", reason="the provider has told what the charge cost")
    story.workers.work()
    assert "What does not hold" not in ada.reads(report)
    ada.sends_to_review(report)
    assert "publish" not in ada.is_offered(report), "nobody publishes what they prepared"
    bartek.publishes(report)

    page = october.opens("reports/2026-10-r1/")
    lines = json.loads(the_file_of("2026-10-r1", october))["lines"]
    assert {line: lines[line] for line in FIVE_LINES} == FIVE_LINES
    for line, minor in FIVE_LINES.items():
        assert format_money(minor, language="en").replace("\xa0", " ") in page, line
    assert "not reconciled" in page, "the bank's statements aren't imported yet, and the report says so"


def test_a_report_is_read_by_the_donor_and_corrected(october: Donor, story: Story, ada: Desk, bartek: Desk) -> None:
    """October's report is published by a second person and read by Zofia; a wrong name in it is corrected by a revision."""
    story.clock.comes(THE_16TH_AT_SIX)
    story.workers.beat_strikes("transparency.draft_last_month")
    first = ada.finds_report("2026-10-r1")
    ada.sends_to_review(first)
    bartek.does(first, "changes", reason="who is DEMO-FIELD?")
    assert "who is DEMO-FIELD?" in ada.reads(first)
    ada.does(first, "rebuild", reason="nothing was wrong")
    story.workers.work()
    ada.sends_to_review(first)
    bartek.publishes(first)
    assert "October" in october.opens("")
    said = october.opens("reports/2026-10-r1/")
    assert "Zespół Terenowy (demo)" in said
    as_published = the_file_of("2026-10-r1", october)

    Partner.objects.filter(code="DEMO-FIELD").update(name="Zespół Ratunkowy (demo)")
    story.clock.passes(days=3)
    second = ada.asks_for_report("2026-10", reason="the partner's name was wrong")
    story.workers.work()
    ada.sends_to_review(second)
    bartek.publishes(second)
    newest = october.browser.get("/en/reports/2026-10/", follow=True)
    assert newest.redirect_chain[-1][0].endswith("/2026-10-r2/")
    said = october.opens("reports/2026-10-r2/")
    assert "Zespół Ratunkowy (demo)" in said
    assert "the partner's name was wrong" in said.replace("’", "'")
    assert "There is a newer revision" in october.opens("reports/2026-10-r1/")
    assert the_file_of("2026-10-r1", october) == as_published, "what was published stays, byte for byte"
    assert json.loads(as_published)["lines"] == json.loads(the_file_of("2026-10-r2", october))["lines"]


def the_file_of(slug: str, donor: Donor) -> bytes:
    """The report as JSON, as anyone downloads it; its digest is the one that was kept."""
    body = donor.browser.get(f"/en/reports/{slug}/report.json").content
    assert sha256_hex(body) == Report.objects.get(slug=slug).sha256
    return body
