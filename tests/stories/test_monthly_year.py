"""The year on paper: one statement in January, corrected after a refund, with a gift proved that was anonymous."""

import pytest

from payments.models import Donation, Statement
from payments.operations.statements import claim_code
from tests.stories.desk import Desk
from tests.stories.home import Home, comes, due_dates, gives_each_month, mails_go_out, newest_mail, time_passes, warsaw
from tests.support.story import Donor, Story

pytestmark = pytest.mark.money

DAILY = ("payments.mail_statements", "payments.correct_statements", "donors.sweep_mails")


def opens_statement(home: Home) -> bytes:
    """The newest statement of the list, made if it isn't there, as PDF."""
    led = home.sends("statements/")
    assert led.status_code == 303
    return home.browser.get(led["Location"]).content


def test_one_statement_a_year_and_its_correction(donor: Donor, story: Story, bartek: Desk) -> None:
    """Zofia wants one mail a year: in January her statement comes, and after a late refund a corrected one."""
    gives_each_month(donor, receipts="yearly")
    first_mails = donor.finds_mails()
    comes(story, warsaw(2027, 1, 3))
    assert due_dates() == ["2026-11-21", "2026-12-21"]
    assert donor.finds_mails() == first_mails, "the first confirmation came, no other"
    story.workers.beat_strikes(*DAILY)
    assert donor.finds_mails() == first_mails, "in the first days of the year it is not made yet"

    comes(story, warsaw(2027, 1, 9))
    story.workers.beat_strikes(*DAILY)
    story.workers.beat_strikes(*DAILY)
    assert "Your statement for 2026 is ready: 100.00 zł" in newest_mail(donor)
    assert len(donor.finds_mails()) == len(first_mails) + 1
    home = Home(donor)
    assert "100.00 zł" in home.reads("statements/")
    assert opens_statement(home).startswith(b"%PDF-")

    bartek.gives_back(Donation.objects.get(due_on="2026-12-21"), "50", "she was ill and asked for December back")
    mails_go_out(story)
    time_passes(story, days=1)
    story.workers.beat_strikes(*DAILY)
    assert "Your statement for 2026 was corrected" in newest_mail(donor)
    assert "50.00 zł" in newest_mail(donor)
    sums = Statement.objects.order_by("revision").values_list("revision", "net_minor")
    assert list(sums) == [(1, 10_000), (2, 5_000)]
    assert "50.00 zł" in home.reads("statements/")


def test_an_anonymous_gift_is_proved_for_the_statement(donor: Donor, story: Story) -> None:
    """Zofia gave once anonymously: the code on that confirmation counts it in her statement, and joins nothing else."""
    gives_each_month(donor)
    donor.chooses_sum("40", to="LAWYER")
    donor.gives_now(anonymous="on")
    donor.pays()
    mails_go_out(story)
    home = Home(donor)
    assert "40.00 zł" not in home.reads()
    code = claim_code(receipt=donor.donation.receipt) or ""  # it stands on the confirmation's page
    assert "proves no donation" in home.is_refused("claim/", code=code[:-4] + "AAAA")
    assert home.sends("claim/", code=code).status_code == 303
    assert "40.00 zł" not in home.reads(), "nothing but the statement knows of it"
    assert "90.00 zł" in home.reads("statements/")
    assert opens_statement(home).startswith(b"%PDF-")
    assert Statement.objects.get().net_minor == 9_000
