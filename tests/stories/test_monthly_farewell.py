"""A donor who gives each month asks to be forgotten."""

import pytest
from django.core import mail

from donors.models import Donor as DonorRow
from payments.models import MonthlyGift
from payments.monthly_states import MonthlyState
from tests.stories.home import Home, due_dates, gives_each_month, mails_go_out, time_passes
from tests.support.story import Donor, Story

pytestmark = pytest.mark.money


def test_who_is_erased_gives_no_more(donor: Donor, story: Story) -> None:
    """Zofia wants to be forgotten: she is told to end her monthly gift first, ends it, and nothing is ever taken again."""
    gift = gives_each_month(donor)
    home = Home(donor)
    assert "A monthly gift goes on. Please end it first" in home.reads("privacy/erase/")
    refused = home.browser.post("/en/my-giving/privacy/erase/", {"sure": "on"})
    assert refused.status_code in (403, 409)
    assert DonorRow.objects.get().erased_at is None

    assert "Ended" in home.does(f"monthly/{gift.pk}/cancel/", why="")
    page = home.reads("privacy/erase/")
    assert "Something has to end first" not in page
    assert "1 confirmation of 2026, until 1 January 2032" in page
    gone = home.sends("privacy/erase/", sure="on")
    assert gone.status_code == 200
    mails_go_out(story)
    assert DonorRow.objects.get().erased_at is not None
    left = len(mail.outbox)

    time_passes(story, days=70)
    story.workers.beat_strikes("payments.mail_statements", "payments.compare_with_provider", "donors.sweep_mails")
    assert len(mail.outbox) == left, "nobody writes to who was forgotten"
    assert due_dates() == ["2026-11-21"]
    assert MonthlyGift.objects.get().state == MonthlyState.CANCELLED
    assert donor.browser.get(f"/en/my-giving/monthly/{gift.pk}/").status_code in (303, 404)
