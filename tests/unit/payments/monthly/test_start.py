"""A monthly gift from the intent to its first gift."""

import json
from datetime import UTC, date, datetime

import pytest

from donors.models import Mail
from donors.operations.queue_mail import read_mail
from ledger.queries import fund_balance
from payments.models import Charge, Donation, MonthlyGift, MonthlyMove, MonthlySubscription, MonthlyTerms, Receipt
from payments.monthly_states import Interval, MonthlyState
from payments.operations import IntentReused, TotalChanged
from payments.operations.monthly import cancel_monthly_checkout, settle_monthly
from payments.portfolio import export
from payments.queries.monthly_start import live_commitment, monthly_by_token
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.monthly_life import begin_monthly, give_monthly, move_clock, page_of
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def test_the_page_says_what_how_much_and_how_often(sandbox: Client) -> None:
    started = begin_monthly(interval=Interval.QUARTER, cover_fee=True)
    session = sandbox.stripe_client().v1.checkout.sessions.retrieve(page_of(started), {"expand": ["line_items"]})
    assert session.mode == "subscription"
    assert session.amount_total == MonthlyTerms.objects.get().gross_minor == 5_000 + 178
    assert session.line_items is not None
    price = session.line_items.data[0].price
    assert price is not None
    assert price.recurring is not None
    assert (price.recurring.interval, price.recurring.interval_count) == ("month", 3)
    assert "Ciepła noc" in str(session.line_items.data[0].description)
    assert started.checkout_url == session.url
    assert started.state is MonthlyState.CHECKOUT_OPEN


def test_a_paid_page_is_a_gift_a_receipt_and_a_commitment(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    assert gift.state == MonthlyState.ACTIVE
    donation = Donation.objects.get()
    assert (donation.state, donation.due_on, donation.monthly_gift_id) == (DonationState.SETTLED, NOW.date(), gift.pk)
    charge = Charge.objects.get(donation=donation)
    assert charge.movement is not None
    assert fund_balance(code="WARM-NIGHT") == 5_000 - charge.movement.fee_minor
    assert Receipt.objects.get().donation_id == donation.pk
    assert gift.subscription_ref == MonthlySubscription.objects.get().ref
    assert gift.method_kind == "card"
    assert gift.method_expires is not None
    assert gift.next_charge_at is not None
    assert gift.next_charge_at.date() == date(2026, 12, NOW.day)
    moves = MonthlyMove.objects.values_list("to_state", flat=True)
    assert list(moves) == [MonthlyState.CHECKOUT_OPEN, MonthlyState.ACTIVE]


def test_settling_again_changes_nothing(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    assert settle_monthly(gift_id=gift.pk, now=NOW) is MonthlyState.ACTIVE
    assert (Donation.objects.count(), Charge.objects.count(), MonthlyMove.objects.count()) == (1, 1, 2)


def test_another_day_takes_nothing_before_it(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox, day=31, now=NOW)
    assert gift.state in (MonthlyState.ACTIVE, MonthlyState.TRIALING)
    assert not Donation.objects.exists()
    first = datetime(2026, 11, 30, 10, tzinfo=UTC)
    assert gift.next_charge_at == first
    later = first.replace(hour=12)
    move_clock(sandbox, to=later)
    settle_monthly(gift_id=gift.pk, now=later)
    assert Donation.objects.get().due_on == date(2026, 11, 30)
    gift.refresh_from_db()
    assert gift.next_charge_at == datetime(2026, 12, 31, 10, tzinfo=UTC)


def test_the_same_intent_is_the_same_page(sandbox: Client) -> None:
    first = begin_monthly()
    assert begin_monthly() == first
    assert MonthlyGift.objects.count() == 1


def test_a_changed_total_stores_and_asks_nothing(sandbox: Client) -> None:
    with pytest.raises(TotalChanged):
        begin_monthly(expected_total_minor=4_999)
    assert not MonthlyGift.objects.exists()


def test_another_day_under_the_same_intent_is_refused(sandbox: Client) -> None:
    begin_monthly(day=1)
    with pytest.raises(IntentReused):
        begin_monthly(day=2)


@pytest.mark.parametrize("day", [0, 32, -1])
def test_a_day_that_no_month_has(sandbox: Client, day: int) -> None:
    with pytest.raises(ValueError, match="1 to 31"):
        begin_monthly(day=day)


def test_the_first_mail_says_it_all_and_undoes(sandbox: Client) -> None:
    give_monthly(sandbox=sandbox, now=NOW)
    mail = Mail.objects.get(kind="monthly_started")
    _, context = read_mail(mail)
    assert (context["sum_minor"], context["interval"]) == (5_000, "month")
    assert context["next_dates"] == [
        f"{year}-{month:02}-{NOW.day:02}" for year, month in ((2026, 12), (2027, 1), (2027, 2))
    ]
    assert "/monthly/undo/" in context["undo_url"]
    assert "merge_url" not in context


def test_a_second_gift_to_the_same_need_asks_by_mail(sandbox: Client) -> None:
    first = give_monthly(sandbox=sandbox)
    second = give_monthly(sandbox=sandbox, intent_key="again", donor_id=first.donor_id)
    contexts = [read_mail(mail)[1] for mail in Mail.objects.filter(kind="monthly_started").order_by("pk")]
    assert ["merge_url" in context for context in contexts] == [False, True]
    assert live_commitment(donor_id=first.donor_id, fund_codes=["WARM-NIGHT"], besides=second.pk) == first.pk
    assert live_commitment(donor_id=first.donor_id, fund_codes=["FOREST"]) is None


def test_going_back_closes_the_page(sandbox: Client) -> None:
    started = begin_monthly()
    assert cancel_monthly_checkout(token=started.token, now=NOW) is MonthlyState.EXPIRED
    assert cancel_monthly_checkout(token="of-nobody", now=NOW) is None


def test_going_back_after_paying_settles(sandbox: Client) -> None:
    started = begin_monthly()
    sandbox.pay(page_of(started))
    assert cancel_monthly_checkout(token=started.token, now=NOW) is MonthlyState.ACTIVE
    assert Donation.objects.get().state == DonationState.SETTLED


def test_a_page_that_closed_unused_begins_nothing(sandbox: Client) -> None:
    started = begin_monthly()
    later = NOW.replace(hour=NOW.hour + 2)
    move_clock(sandbox, to=later)
    assert settle_monthly(gift_id=started.gift_id, now=later) is MonthlyState.EXPIRED


def test_the_return_page_is_told_what_begins(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    page = monthly_by_token(token=gift.token, now=NOW)
    assert page is not None
    assert (page.state, page.sum_minor, page.interval) == (MonthlyState.ACTIVE, 5_000, Interval.MONTH)
    assert len(page.next_dates) == 3
    assert page.donation is not None
    assert page.donation.receipt_number == "2026/000001"


@pytest.mark.parametrize("token", ["somebody-else", "", "\x00", "x" * 10_000])
def test_a_wrong_token_finds_nothing(token: str) -> None:
    assert monthly_by_token(token=token, now=NOW) is None


def test_a_donor_can_have_what_we_hold_of_it(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    held = export(gift.donor_id)
    assert [row["monthly_gift"] for row in held["donations"]] == [gift.pk]
    only = held["monthly_gifts"][0]
    assert (only["state"], only["paid_by"]) == ("active", "card")
    assert [(terms["gross_minor"], terms["day"]) for terms in only["terms"]] == [(5_000, NOW.day)]
    json.dumps(held)
