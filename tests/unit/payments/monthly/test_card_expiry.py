"""Cards that expire: told 30 and 7 days ahead, once each, unless the network has renewed them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from donors.models import Mail
from donors.operations.queue_mail import read_mail
from payments.models import MonthlyGift
from payments.monthly_states import MonthlyKind, MonthlyState
from payments.operations.monthly.card_expiry import last_day_of, remind_card_expiry, stage_of
from stripe_sandbox.testing import Client
from tests.factories.monthly import make_monthly
from tests.factories.monthly_life import give_monthly, move_clock

DAY = timedelta(days=1)
LAST = datetime(2027, 1, 31, 1, tzinfo=UTC)


def give(sandbox: Client, month: int = 1, year: int = 2027) -> MonthlyGift:
    gift = give_monthly(sandbox=sandbox)
    sandbox.change_card(gift.method_ref, exp_month=month, exp_year=year)
    MonthlyGift.objects.update(method_expires=year * 100 + month)
    gift.refresh_from_db()
    return gift


def told() -> list[tuple[str, int]]:
    contexts = [read_mail(mail)[1] for mail in Mail.objects.filter(kind="card_expires").order_by("pk")]
    return [(context["expires"], context["days"]) for context in contexts]


@pytest.mark.parametrize(
    ("expires", "last"),
    [(202612, date(2026, 12, 31)), (202702, date(2027, 2, 28)), (202802, date(2028, 2, 29))],
)
def test_a_card_is_good_until_its_months_last_day(expires: int, last: date) -> None:
    assert last_day_of(expires=expires) == last
    assert stage_of(expires=expires, today=last - 31 * DAY) is None
    assert stage_of(expires=expires, today=last - 30 * DAY) == 30
    assert stage_of(expires=expires, today=last - 8 * DAY) == 30
    assert stage_of(expires=expires, today=last - 7 * DAY) == 7
    assert stage_of(expires=expires, today=last) == 7
    assert stage_of(expires=expires, today=last + DAY) is None


@pytest.mark.django_db
@pytest.mark.money
class TestTelling:
    def test_a_month_and_a_week_ahead_and_no_more(self, sandbox: Client) -> None:
        gift = give(sandbox)
        for days in range(40, -3, -1):
            remind_card_expiry(now=LAST - days * DAY)
            remind_card_expiry(now=LAST - days * DAY)
        assert told() == [("2027-01", 30), ("2027-01", 7)]
        mail = Mail.objects.filter(kind="card_expires").first()
        assert mail is not None
        assert (mail.topic, mail.language) == ("reminders_card", "pl")
        assert f"/my-giving/monthly/{gift.pk}/" in read_mail(mail)[1]["manage_url"]

    def test_missed_nights_are_made_up_for(self, sandbox: Client) -> None:
        give(sandbox)
        remind_card_expiry(now=LAST - 19 * DAY)
        remind_card_expiry(now=LAST - 2 * DAY)
        assert told() == [("2027-01", 19), ("2027-01", 2)]

    def test_at_the_end_of_january_the_cards_of_february_are_not_passed_over(self, sandbox: Client) -> None:
        give(sandbox, month=2)
        remind_card_expiry(now=LAST - DAY)
        assert told() == [("2027-02", 29)]

    def test_a_card_that_its_network_renewed_is_not_told_of(self, sandbox: Client) -> None:
        gift = give(sandbox)
        sandbox.change_card(gift.method_ref, exp_month=1, exp_year=2031, automatically=True)
        assert remind_card_expiry(now=LAST - 30 * DAY) == 0
        assert told() == []
        gift.refresh_from_db()
        assert gift.method_expires == 203101

    def test_the_next_card_is_told_of_again(self, sandbox: Client) -> None:
        gift = give(sandbox)
        remind_card_expiry(now=LAST - 30 * DAY)
        sandbox.change_card(gift.method_ref, exp_month=3, exp_year=2027)
        remind_card_expiry(now=LAST - 7 * DAY)
        move_clock(sandbox, to=datetime(2027, 3, 2, tzinfo=UTC))
        remind_card_expiry(now=datetime(2027, 3, 2, tzinfo=UTC))
        assert told() == [("2027-01", 30), ("2027-03", 29)]

    def test_what_ended_at_the_provider_without_our_knowing_is_not_told_of(self, sandbox: Client) -> None:
        gift = give(sandbox)
        sandbox.stripe_client().v1.subscriptions.cancel(gift.subscription_ref or "")
        assert remind_card_expiry(now=LAST - 30 * DAY) == 0
        assert told() == []

    def test_one_that_can_t_be_looked_at_does_not_keep_the_others_waiting(self, sandbox: Client) -> None:
        make_monthly(intent_key="unknown-there", method_expires=202701, kind=MonthlyKind.AUTOMATIC)
        give(sandbox)
        MonthlyGift.objects.update(method_expires=202701)
        assert remind_card_expiry(now=LAST - 30 * DAY) == 1
        assert told() == [("2027-01", 30)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given",
    [
        {"paused_until": LAST + 60 * DAY},
        {"state": MonthlyState.CANCELLED},
        {"state": MonthlyState.UNPAID},
        {"state": MonthlyState.CHECKOUT_OPEN},
        {"kind": MonthlyKind.BY_HAND},
        {"method_expires": None},
    ],
)
def test_who_paused_or_ended_is_not_even_looked_at(given: dict[str, Any]) -> None:
    make_monthly(**{"method_expires": 202701, **given})
    assert remind_card_expiry(now=LAST - 30 * DAY) == 0
    assert told() == []
