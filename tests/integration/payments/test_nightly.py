"""What no webhook brought: the hourly listing and the nightly comparison."""

from datetime import timedelta

import pytest

from ledger.queries import account_balance
from payments import operations
from payments.models import BalanceMovement, Cursor, Donation, EventState, ProviderEvent
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.payments import begin, books, checkout_ref, events_of, give
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def listen_nowhere(sandbox: Client) -> None:
    """An endpoint that nobody answers at: its events stay undelivered."""
    sandbox.listen("http://127.0.0.1:1/webhooks/stripe/")
    sandbox.hold()


def test_undelivered_events_are_fetched_once(sandbox: Client) -> None:
    listen_nowhere(sandbox)
    started = begin()
    sandbox.pay(checkout_ref(started))
    made = len(events_of(sandbox))
    assert made > 2
    assert operations.fetch_missed_events(now=NOW) == made
    assert Cursor.objects.get(name="undelivered_events").value == events_of(sandbox)[-1]["id"]
    assert operations.fetch_missed_events(now=NOW + timedelta(hours=1)) == 0
    for event in ProviderEvent.objects.filter(state=EventState.PENDING):
        operations.process_event(event_id=event.pk, now=NOW)
    assert Donation.objects.get().state == DonationState.SETTLED


def test_later_listings_begin_after_the_last_event(sandbox: Client) -> None:
    listen_nowhere(sandbox)
    sandbox.pay(checkout_ref(begin()))
    first = operations.fetch_missed_events(now=NOW)
    sandbox.pay(checkout_ref(begin(intent_key="another")))
    assert operations.fetch_missed_events(now=NOW + timedelta(hours=1)) == len(events_of(sandbox)) - first


def test_an_old_cursor_is_not_trusted(sandbox: Client) -> None:
    listen_nowhere(sandbox)
    sandbox.pay(checkout_ref(begin()))
    made = operations.fetch_missed_events(now=NOW)
    Cursor.objects.filter(name="undelivered_events").update(value="evt_that_is_gone")
    assert operations.fetch_missed_events(now=NOW + timedelta(hours=1)) == 0
    ProviderEvent.objects.all().delete()
    assert operations.fetch_missed_events(now=NOW + timedelta(days=26)) == made


def test_the_comparison_books_what_nobody_told_of(sandbox: Client) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started))
    assert operations.compare_with_provider(now=NOW).unexplained == []
    assert Donation.objects.get().state == DonationState.SETTLED
    before = books()
    again = operations.compare_with_provider(now=NOW + timedelta(days=1))
    assert (again.booked, books()) == (0, before)


def test_the_comparison_finds_a_refund_made_elsewhere(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    payment = sandbox.stripe_client().v1.payment_intents.list().data[0]
    sandbox.stripe_client().v1.refunds.create({"payment_intent": payment.id})
    operations.compare_with_provider(now=NOW)
    donation.refresh_from_db()
    assert donation.state == DonationState.REFUNDED
    assert account_balance(code="asset:stripe_clearing") == sum(
        BalanceMovement.objects.values_list("net_minor", flat=True)
    )


def test_the_comparison_finds_a_late_fee(sandbox: Client) -> None:
    sandbox.fault("late_balance_transaction")
    give(sandbox=sandbox)
    sandbox.release("balance_transaction")
    operations.compare_with_provider(now=NOW)
    assert any(kind == "processor_fee" for _, kind, _ in books())


def test_a_late_success_is_found_at_night(sandbox: Client) -> None:
    started = begin()
    later = NOW + timedelta(hours=2)
    sandbox.clock(now=int(later.timestamp()), stopped=True)
    operations.settle(donation_id=started.donation_id, now=later)
    sandbox.pay(checkout_ref(started), though_closed=True)
    operations.compare_with_provider(now=later)
    assert Donation.objects.get().state == DonationState.SETTLED
