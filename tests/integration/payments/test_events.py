"""Notices: any of them, any number of times, in any order, end in the same books."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from ledger.models import JournalEntry
from payments import operations
from payments.models import Donation, EventState, ProviderEvent
from payments.operations.inbox import read_body
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.payments import begin, books, checkout_ref, deliver, deliver_all, events_of
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def test_a_webhook_alone_settles(sandbox: Client) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started))
    deliver_all(sandbox=sandbox)
    assert Donation.objects.get().state == DonationState.SETTLED
    assert not ProviderEvent.objects.filter(state=EventState.PENDING).exists()


def test_a_webhook_before_our_own_answer_settles_too(sandbox: Client) -> None:
    """The page was made, the answer was lost, the donor paid all the same: the notice finds a draft."""
    started = begin()
    ref = checkout_ref(started)
    sandbox.pay(ref)
    Donation.objects.filter(pk=started.donation_id).update(state="draft", checkout_ref=None, checkout_url="")
    deliver_all(sandbox=sandbox)
    donation = Donation.objects.get()
    assert (donation.state, donation.checkout_ref) == (DonationState.SETTLED, ref)


@hypothesis_settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def _any_order(data: st.DataObject, sandbox: Client, events: list[dict[str, object]], wanted: list[object]) -> None:
    order = data.draw(st.permutations(range(len(events))))
    repeats = data.draw(st.lists(st.sampled_from(range(len(events))), max_size=4))
    before = transaction.savepoint()
    for index in [*order, *repeats]:
        received = deliver(sandbox=sandbox, event=events[index])
        operations.process_event(event_id=received.event_id, now=NOW)
    assert books() == wanted
    transaction.savepoint_rollback(before)


@pytest.mark.slow
def test_any_order_and_repetition_end_in_the_same_books(sandbox: Client) -> None:
    started = begin(cover_fee=True)
    sandbox.pay(checkout_ref(started), card="4000000000000002")
    sandbox.pay(checkout_ref(started))
    payments = sandbox.stripe_client().v1.payment_intents.list()
    sandbox.stripe_client().v1.refunds.create({"payment_intent": payments.data[0].id, "amount": 1_000})
    events = events_of(sandbox)
    before = transaction.savepoint()
    deliver_all(sandbox=sandbox)
    wanted = books()
    assert {kind for _, kind, _ in wanted} == {"gift", "processor_fee", "refund"}
    transaction.savepoint_rollback(before)
    assert not JournalEntry.objects.exists()
    _any_order(sandbox=sandbox, events=events, wanted=wanted)


def test_a_duplicate_is_the_same_event(sandbox: Client) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started))
    event = events_of(sandbox)[-1]
    first = deliver(sandbox=sandbox, event=event)
    again = deliver(sandbox=sandbox, event=event)
    assert (first.created, again.created) == (True, False)
    assert first.event_id == again.event_id


def test_unknown_kinds_are_stored_with_the_reason(sandbox: Client) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started))
    event = {**events_of(sandbox)[-1], "id": "evt_of_a_kind", "type": "product.created"}
    stored = ProviderEvent.objects.get(pk=deliver(sandbox=sandbox, event=event).event_id)
    assert stored.state == EventState.IGNORED
    assert stored.ignored_because


def test_the_raw_body_is_kept_sealed_and_forgotten_later(sandbox: Client) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started), email="zofia@example.org")
    event = next(each for each in events_of(sandbox) if each["type"] == "checkout.session.completed")
    stored = ProviderEvent.objects.get(pk=deliver(sandbox=sandbox, event=event).event_id)
    assert b"zofia" in (read_body(event=stored) or b"")
    assert b"zofia" not in bytes(stored.sealed_body or b"")
    operations.process_event(event_id=stored.pk, now=NOW)
    operations.sweep(now=NOW + timedelta(days=31))
    stored.refresh_from_db()
    assert stored.sealed_body is None


def test_a_provider_that_is_down_postpones(sandbox: Client) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started))
    received = deliver(sandbox=sandbox, event=events_of(sandbox)[-1])
    sandbox.fault("error", method="GET", status=503, times=None)
    assert operations.process_event(event_id=received.event_id, now=NOW) is EventState.PENDING
    stored = ProviderEvent.objects.get(pk=received.event_id)
    assert (stored.attempts, stored.next_attempt_at > NOW) == (1, True)
    sandbox.clear_faults()
    assert operations.process_event(event_id=received.event_id, now=NOW) is EventState.PROCESSED
    assert Donation.objects.get().state == DonationState.SETTLED


def test_an_unexpected_error_keeps_the_event(sandbox: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started))
    received = deliver(sandbox=sandbox, event=events_of(sandbox)[-1])
    with monkeypatch.context() as broken:
        broken.setattr("payments.operations.book_charge.post", _broken)
        with pytest.raises(ArithmeticError):
            operations.process_event(event_id=received.event_id, now=NOW)
    stored = ProviderEvent.objects.get(pk=received.event_id)
    assert (stored.state, stored.last_error) == (EventState.PENDING, "ArithmeticError")
    assert operations.process_event(event_id=received.event_id, now=NOW) is EventState.PROCESSED


def test_an_object_of_another_mode_is_ignored_with_the_reason(sandbox: Client, settings: Settings) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started))
    received = deliver(sandbox=sandbox, event=events_of(sandbox)[-1])
    settings.STRIPE_LIVEMODE = True
    assert operations.process_event(event_id=received.event_id, now=NOW) is EventState.IGNORED
    settings.STRIPE_LIVEMODE = False
    assert ProviderEvent.objects.get().ignored_because
    assert not JournalEntry.objects.exists()


def _broken(**_: object) -> None:
    raise ArithmeticError
