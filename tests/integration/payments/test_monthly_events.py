"""Notices about a monthly gift: any of them, any number of times, in any order, end in the same rows and books."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from donors.models import Mail
from donors.operations.queue_mail import read_mail
from payments import operations
from payments.models import Donation, EventState, MonthlyGift, MonthlySubscription, ProviderEvent, RenewalTrouble
from payments.monthly_states import MonthlyState
from stripe_sandbox.testing import Client
from tests.factories.monthly_life import begin_monthly, give_monthly, move_clock, page_of
from tests.factories.payments import books, deliver, deliver_all, events_of
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

SECOND = datetime(2026, 12, 21, 15, tzinfo=UTC)
ENDED = datetime(2027, 1, 2, 9, tzinfo=UTC)
NEW_YEAR = datetime(2027, 2, 1, tzinfo=UTC)
Rows = list[object]


def rows() -> Rows:
    """What of a monthly gift must not depend on how we heard of it."""
    gift = MonthlyGift.objects.get()
    return [
        gift.state,
        gift.subscription_ref,
        gift.checkout_ref,
        gift.method_ref,
        gift.cancelled_at,
        gift.next_charge_at,
        sorted(Donation.objects.values_list("due_on", "state", "invoice_ref", "gross_minor")),
        list(MonthlySubscription.objects.values_list("ref", "ended_at", "anchor_at")),
        books(),
    ]


def act_on(sandbox: Client, event: dict[str, object], *, now: datetime) -> None:
    received = deliver(sandbox=sandbox, event=event, now=now)
    operations.process_event(event_id=received.event_id, now=now)


@hypothesis_settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def _any_order(data: st.DataObject, sandbox: Client, events: list[dict[str, object]], wanted: Rows) -> None:
    order = data.draw(st.permutations(range(len(events))))
    repeats = data.draw(st.lists(st.sampled_from(range(len(events))), max_size=4))
    before = transaction.savepoint()
    for index in [*order, *repeats]:
        act_on(sandbox, events[index], now=ENDED)
    assert rows() == wanted
    transaction.savepoint_rollback(before)


@pytest.mark.slow
def test_any_order_and_repetition_end_in_the_same_rows(sandbox: Client) -> None:
    started = begin_monthly(cover_fee=True)
    sandbox.pay(page_of(started))
    move_clock(sandbox, to=SECOND)
    ref = sandbox.stripe_client().v1.subscriptions.list().data[0].id
    move_clock(sandbox, to=ENDED)
    sandbox.stripe_client().v1.subscriptions.cancel(ref)
    events = events_of(sandbox)
    before = transaction.savepoint()
    deliver_all(sandbox=sandbox, now=ENDED)
    wanted = rows()
    assert wanted[0] == MonthlyState.CANCELLED
    assert Donation.objects.filter(state="settled").count() == 2
    transaction.savepoint_rollback(before)
    assert not Donation.objects.exists()
    _any_order(sandbox=sandbox, events=events, wanted=wanted)


@pytest.mark.slow
def test_each_notice_alone_leads_to_all_of_it(sandbox: Client, subtests: pytest.Subtests) -> None:
    """The first that comes may be any of them: what it names is found from there."""
    started = begin_monthly()
    sandbox.pay(page_of(started))
    alone = ("checkout.session.completed", "customer.subscription.created", "invoice.paid", "payment_intent.succeeded")
    by_kind = {event["type"]: event for event in events_of(sandbox)}
    for kind in alone:
        with subtests.test(kind=kind):
            before = transaction.savepoint()
            act_on(sandbox, by_kind[kind], now=NOW)
            assert MonthlyGift.objects.get().state == MonthlyState.ACTIVE
            assert Donation.objects.get().state == "settled"
            assert not ProviderEvent.objects.filter(state=EventState.PENDING).exists()
            transaction.savepoint_rollback(before)


def test_a_renewal_that_fails_until_the_provider_gives_up(sandbox: Client) -> None:
    sandbox.billing(retries=[3, 5, 7], then="cancel", invoice="leave")
    gift = give_monthly(sandbox=sandbox, card="4000000000000341")
    given = Donation.objects.count()
    move_clock(sandbox, to=SECOND)
    deliver_all(sandbox=sandbox, now=SECOND)
    gift.refresh_from_db()
    assert gift.state == MonthlyState.PAST_DUE
    assert RenewalTrouble.objects.get().state == "retrying"
    move_clock(sandbox, to=NEW_YEAR)
    deliver_all(sandbox=sandbox, now=NEW_YEAR)
    gift.refresh_from_db()
    assert gift.state == MonthlyState.CANCELLED
    assert RenewalTrouble.objects.get().state == "dropped"
    assert read_mail(Mail.objects.get(kind="monthly_ended"))[1]["reason"] == "failed"
    assert Donation.objects.count() == given


def test_a_renewal_that_fails_and_is_paid_on_the_next_try(sandbox: Client) -> None:
    sandbox.billing(retries=[3, 5, 7], then="cancel", invoice="leave")
    gift = give_monthly(sandbox=sandbox, card="4000000000000341")
    move_clock(sandbox, to=SECOND)
    deliver_all(sandbox=sandbox, now=SECOND)
    sandbox.change_card(gift.method_ref, card="4242424242424242")
    later = datetime(2026, 12, 26, tzinfo=UTC)
    move_clock(sandbox, to=later)
    deliver_all(sandbox=sandbox, now=later)
    gift.refresh_from_db()
    assert gift.state == MonthlyState.ACTIVE
    assert RenewalTrouble.objects.get().state == "mended"
    assert Donation.objects.get(due_on=SECOND.date()).state == "settled"
    assert gift.next_charge_at is not None
    assert gift.next_charge_at.date().isoformat() == "2027-01-21"
