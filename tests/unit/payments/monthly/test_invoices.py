"""A renewal is one donation; what can't be one is booked as money that can't be placed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from donors.models import Mail
from ledger.queries import account_balance, fund_balance
from payments import operations, queries
from payments.models import (
    Charge,
    Donation,
    MonthlyGift,
    MonthlySubscription,
    Receipt,
    UnmatchedPayment,
    UnmatchedReason,
)
from payments.monthly_states import ActState, MonthlyState, ReceiptPolicy
from payments.operations.monthly import apply_invoice, settle_monthly
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.monthly import FOREST_EACH_MONTH, NIGHT_EACH_MONTH, make_act, make_terms
from tests.factories.monthly_life import give_monthly, move_clock
from tests.factories.payments import books, deliver, deliver_all, events_of
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

SECOND = datetime(2026, 12, 21, 15, tzinfo=UTC)
UNMATCHED = "liability:unmatched"


def invoices(sandbox: Client) -> list[Any]:
    return list(sandbox.stripe_client().v1.invoices.list({"limit": 100}).auto_paging_iter())


def test_a_renewal_is_a_gift_of_its_own(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox, lines=(NIGHT_EACH_MONTH, FOREST_EACH_MONTH))
    move_clock(sandbox, to=SECOND)
    deliver_all(sandbox=sandbox, now=SECOND)
    first, second = Donation.objects.order_by("due_on")
    assert (first.due_on, second.due_on) == (date(2026, 11, 21), date(2026, 12, 21))
    assert {row.state for row in (first, second)} == {DonationState.SETTLED}
    assert [line.title for line in second.lines.all()] == ["Ciepła noc", "Las"]
    assert Receipt.objects.count() == 2
    gift.refresh_from_db()
    assert gift.next_charge_at is not None
    assert gift.next_charge_at.date() == date(2027, 1, 21)


def test_the_same_invoice_again_changes_nothing(sandbox: Client) -> None:
    give_monthly(sandbox=sandbox)
    before = books()
    for invoice in invoices(sandbox):
        assert apply_invoice(ref=invoice.id, now=NOW).ignored_because == ""
    assert books() == before


def test_notices_backwards_end_in_the_same_books(sandbox: Client) -> None:
    started_at = NOW
    give_monthly(sandbox=sandbox, now=started_at)
    move_clock(sandbox, to=SECOND)
    deliver_all(sandbox=sandbox, now=SECOND)
    wanted = books()
    rows = list(Donation.objects.order_by("due_on").values_list("due_on", "state"))
    for event in [*reversed(events_of(sandbox)), *events_of(sandbox)]:
        received = deliver(sandbox=sandbox, event={**event, "id": event["id"] + "_again"}, now=SECOND)
        operations.process_event(event_id=received.event_id, now=SECOND)
    assert books() == wanted
    assert list(Donation.objects.order_by("due_on").values_list("due_on", "state")) == rows


def test_the_invoice_comes_before_everything_else(sandbox: Client) -> None:
    """The page was made and used, its answer lost; the first we hear is the invoice."""
    gift = give_monthly(sandbox=sandbox)
    # as if nothing had been applied: another commitment takes the subscription's place in our rows
    ref = gift.subscription_ref
    MonthlySubscription.objects.all().delete()
    MonthlyGift.objects.filter(pk=gift.pk).update(
        state=MonthlyState.CHECKOUT_OPEN, subscription_ref=None, customer_ref="", next_charge_at=None
    )
    move_clock(sandbox, to=SECOND)
    apply_invoice(ref=invoices(sandbox)[0].id, now=SECOND)
    gift.refresh_from_db()
    assert (gift.state, gift.subscription_ref) == (MonthlyState.ACTIVE, ref)
    assert Donation.objects.count() == 2


def test_an_invoice_of_nothing_makes_nothing(sandbox: Client) -> None:
    give_monthly(sandbox=sandbox, day=28)
    deliver_all(sandbox=sandbox)
    assert not Donation.objects.exists()
    assert not Charge.objects.exists()


def test_a_charge_after_the_end_is_no_gift(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    before = fund_balance(code="WARM-NIGHT")
    ended = NOW + timedelta(days=1)
    MonthlySubscription.objects.update(ended_at=ended)
    MonthlyGift.objects.update(state=MonthlyState.CANCELLED, cancelled_at=ended)
    move_clock(sandbox, to=SECOND)
    deliver_all(sandbox=sandbox, now=SECOND)
    waiting = queries.unmatched_open()[0]
    assert (waiting.reason, waiting.monthly_gift_id) == (UnmatchedReason.AFTER_CANCELLATION, gift.pk)
    assert fund_balance(code="WARM-NIGHT") == before
    assert abs(account_balance(code=UNMATCHED)) == 5_000
    gift.refresh_from_db()
    assert gift.state == MonthlyState.CANCELLED
    # what lives on though it was ended is named, and staff are told
    named = operations.compare_with_provider(now=SECOND).unexplained
    assert any("has ended" in each for each in named)


def test_another_sum_than_the_terms(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    other = make_terms(gift=gift, lines=(FOREST_EACH_MONTH,))
    client = sandbox.stripe_client()
    client.v1.subscriptions.update(str(gift.subscription_ref), {"metadata": {"terms": str(other.pk)}})
    move_clock(sandbox, to=SECOND)
    deliver_all(sandbox=sandbox, now=SECOND)
    assert UnmatchedPayment.objects.get().reason == UnmatchedReason.WRONG_AMOUNT
    assert Donation.objects.count() == 1


def test_terms_agreed_while_an_invoice_was_being_made(sandbox: Client) -> None:
    """The invoice has the old sum and the new version's name: it is the gift that was agreed for its period."""
    gift = give_monthly(sandbox=sandbox)
    drafted = datetime(2026, 12, 21, 12, 30, tzinfo=UTC)
    move_clock(sandbox, to=drafted)
    other = make_terms(gift=gift, lines=(FOREST_EACH_MONTH,), now=drafted)
    make_act(gift=gift, state=ActState.CONFIRMED, terms=other)
    sandbox.stripe_client().v1.subscriptions.update(str(gift.subscription_ref), {"metadata": {"terms": str(other.pk)}})
    move_clock(sandbox, to=SECOND)
    deliver_all(sandbox=sandbox, now=SECOND)
    assert not UnmatchedPayment.objects.exists()
    assert Donation.objects.get(due_on=date(2026, 12, 21)).monthly_terms == gift.terms.get(version=1)


def test_a_second_charge_for_a_period(sandbox: Client) -> None:
    """Two subscriptions of one gift, as a lost answer could leave behind: one of them is the gift."""
    gift = give_monthly(sandbox=sandbox)
    client = sandbox.stripe_client()
    first = client.v1.subscriptions.retrieve(str(gift.subscription_ref))
    product = client.v1.products.create({"name": "Again"})
    client.v1.subscriptions.create(
        {
            "customer": str(first.customer),
            "default_payment_method": gift.method_ref,
            "items": [
                {
                    "price_data": {
                        "currency": "pln",
                        "product": product.id,
                        "unit_amount": 5_000,
                        "recurring": {"interval": "month"},
                    }
                }
            ],
            "metadata": {"monthly_gift": str(gift.pk), "terms": str(gift.terms.get().pk)},
        }
    )
    deliver_all(sandbox=sandbox)
    assert UnmatchedPayment.objects.get().reason == UnmatchedReason.SECOND_CHARGE
    assert Donation.objects.count() == 1
    gift.refresh_from_db()
    assert gift.subscription_ref == first.id
    named = operations.compare_with_provider(now=NOW).unexplained
    assert any("beside the one" in each for each in named)


def test_a_subscription_of_nobody(sandbox: Client, settings: Settings) -> None:
    settings.STAFF_EMAIL = "office@example.org"
    gift = give_monthly(sandbox=sandbox)
    client = sandbox.stripe_client()
    product = client.v1.products.create({"name": "Made by hand"})
    client.v1.subscriptions.create(
        {
            "customer": gift.customer_ref,
            "default_payment_method": gift.method_ref,
            "items": [
                {
                    "price_data": {
                        "currency": "pln",
                        "product": product.id,
                        "unit_amount": 900,
                        "recurring": {"interval": "month"},
                    }
                }
            ],
            "metadata": {"monthly_gift": "999999"},
        }
    )
    named = operations.compare_with_provider(now=NOW).unexplained
    assert any("no monthly gift of ours" in each for each in named)
    assert Mail.objects.filter(kind="staff_notice", key__startswith="monthly_differ").count() == 1


def test_yearly_receipts_are_mailed_once(sandbox: Client) -> None:
    give_monthly(sandbox=sandbox, receipt_policy=ReceiptPolicy.YEARLY)
    move_clock(sandbox, to=SECOND)
    deliver_all(sandbox=sandbox, now=SECOND)
    for donation in Donation.objects.all():
        operations.follow_moves(donation_id=donation.pk, now=SECOND)
    assert Receipt.objects.count() == 2
    assert Mail.objects.filter(kind="receipt").count() == 1


def test_each_receipt_is_mailed_and_later_ones_can_be_turned_off(sandbox: Client) -> None:
    give_monthly(sandbox=sandbox)
    move_clock(sandbox, to=SECOND)
    deliver_all(sandbox=sandbox, now=SECOND)
    for donation in Donation.objects.order_by("pk"):
        operations.follow_moves(donation_id=donation.pk, now=SECOND)
    assert list(Mail.objects.filter(kind="receipt").order_by("pk").values_list("topic", flat=True)) == [
        "",
        "receipts_each",
    ]


def test_a_webhook_that_never_came(sandbox: Client) -> None:
    give_monthly(sandbox=sandbox)
    move_clock(sandbox, to=SECOND)
    assert operations.sweep(now=SECOND - timedelta(hours=2)).monthly == 0
    assert operations.sweep(now=SECOND + timedelta(hours=1)).monthly == 1
    assert Donation.objects.count() == 2
    assert operations.sweep(now=SECOND + timedelta(hours=6)).monthly == 0


def test_half_of_the_notices_came(sandbox: Client) -> None:
    """The subscription's notice came, the invoice's did not: it is asked for with the subscription."""
    give_monthly(sandbox=sandbox)
    move_clock(sandbox, to=SECOND)
    for event in events_of(sandbox):
        if event["type"].startswith("customer.subscription."):
            received = deliver(sandbox=sandbox, event=event, now=SECOND)
            operations.process_event(event_id=received.event_id, now=SECOND)
    assert Donation.objects.count() == 2


def test_the_night_finds_what_no_notice_told_of(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    sandbox.stripe_client().v1.subscriptions.cancel(str(gift.subscription_ref))
    assert operations.compare_with_provider(now=NOW + timedelta(hours=1)).unexplained == []
    gift.refresh_from_db()
    assert gift.state == MonthlyState.CANCELLED
    assert Mail.objects.filter(kind="monthly_ended").count() == 1


def test_settling_finds_every_renewal(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    much_later = datetime(2027, 3, 22, tzinfo=UTC)
    move_clock(sandbox, to=much_later)
    settle_monthly(gift_id=gift.pk, now=much_later)
    days = list(Donation.objects.order_by("due_on").values_list("due_on", flat=True))
    assert [day.month for day in days] == [11, 12, 1, 2, 3]
