"""A monthly gift is where the provider says it is, whichever way we hear of it."""

from datetime import UTC, datetime, timedelta

import pytest

from donors.models import Mail
from donors.operations.queue_mail import read_mail
from payments import current_provider, operations
from payments.models import (
    Donation,
    DonationLine,
    EventState,
    MonthlyGift,
    MonthlyMove,
    MonthlySubscription,
    ProviderEvent,
)
from payments.monthly_states import ActState, ActVerb, MonthlyKind, MonthlyState
from payments.operations.monthly import follow_subscription, settle_monthly
from payments.operations.monthly.follow import STATE_OF, apply_subscription
from payments.operations.monthly.occasions import make_occasions
from payments.provider import SubscriptionFacts, SubscriptionStatus
from stripe_sandbox.testing import Client
from tests.factories.monthly import make_act
from tests.factories.monthly_life import begin_monthly, give_monthly, move_clock, page_of
from tests.factories.payments import deliver, deliver_all
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

LATER = NOW + timedelta(hours=1)


def facts_of(gift: MonthlyGift) -> SubscriptionFacts:
    return current_provider().fetch_subscription(ref=str(gift.subscription_ref))


def test_each_of_the_providers_words_is_one_of_ours() -> None:
    assert set(STATE_OF) == set(SubscriptionStatus)
    assert len(set(STATE_OF.values())) == len(STATE_OF)


@pytest.mark.parametrize("status", list(SubscriptionStatus))
def test_the_provider_wins_from_any_state(sandbox: Client, status: SubscriptionStatus) -> None:
    gift = give_monthly(sandbox=sandbox)
    facts = facts_of(gift)
    over = status in (SubscriptionStatus.CANCELLED, SubscriptionStatus.INCOMPLETE_EXPIRED)
    told = SubscriptionFacts(**{**vars(facts), "status": status, "ended_at": LATER if over else None})
    apply_subscription(facts=told, now=LATER)
    gift.refresh_from_db()
    assert gift.state == STATE_OF[status]
    assert (gift.cancelled_at == LATER) == (status is SubscriptionStatus.CANCELLED)
    apply_subscription(facts=told, now=LATER)
    assert MonthlyMove.objects.filter(gift=gift, to_state=gift.state).count() == 1


def test_an_end_that_was_confirmed_stays(sandbox: Client) -> None:
    """Facts fetched before the end can be applied after it."""
    gift = give_monthly(sandbox=sandbox)
    stale = facts_of(gift)
    sandbox.stripe_client().v1.subscriptions.cancel(str(gift.subscription_ref))
    follow_subscription(ref=str(gift.subscription_ref), now=LATER)
    apply_subscription(facts=stale, now=LATER)
    gift.refresh_from_db()
    assert gift.state == MonthlyState.CANCELLED
    assert MonthlySubscription.objects.get().ended_at is not None


def test_an_end_made_elsewhere_is_told(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    sandbox.stripe_client().v1.subscriptions.cancel(str(gift.subscription_ref))
    deliver_all(sandbox=sandbox, now=LATER)
    gift.refresh_from_db()
    assert (gift.state, gift.next_charge_at) == (MonthlyState.CANCELLED, None)
    mail = Mail.objects.get(kind="monthly_ended")
    assert read_mail(mail)[1]["reason"] == ""


def test_an_end_that_was_asked_for_is_told_by_its_act(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    make_act(gift=gift, verb=ActVerb.CANCEL, state=ActState.REQUESTED)
    sandbox.stripe_client().v1.subscriptions.cancel(str(gift.subscription_ref))
    follow_subscription(ref=str(gift.subscription_ref), now=LATER)
    assert not Mail.objects.filter(kind="monthly_ended").exists()


def test_while_an_act_is_in_the_air_the_means_are_its_business(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    facts = facts_of(gift)
    other = SubscriptionFacts(**{**vars(facts), "ref": "sub_new", "created_at": LATER})
    make_act(gift=gift, state=ActState.UNKNOWN)
    apply_subscription(facts=other, now=LATER)
    gift.refresh_from_db()
    assert gift.subscription_ref == facts.ref
    assert MonthlySubscription.objects.filter(ref="sub_new", gift=gift).exists()


def test_a_pause_made_elsewhere_shows(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    until = datetime(2027, 2, 1, tzinfo=UTC)
    current_provider().pause_subscription(ref=str(gift.subscription_ref), resumes_at=until, idempotency_key="k:1")
    deliver_all(sandbox=sandbox, now=LATER)
    gift.refresh_from_db()
    assert gift.paused_until == until
    assert gift.next_charge_at is not None
    assert gift.next_charge_at.date().isoformat() == "2027-02-21"
    december = datetime(2027, 1, 22, tzinfo=UTC)
    move_clock(sandbox, to=december)
    deliver_all(sandbox=sandbox, now=december)
    assert Donation.objects.count() == 1


def test_a_card_that_its_bank_renewed(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    MonthlyGift.objects.update(method_expires=202612)
    event = {
        "id": "evt_card",
        "object": "event",
        "type": "payment_method.automatically_updated",
        "created": int(NOW.timestamp()),
        "livemode": False,
        "data": {"object": {"id": gift.method_ref, "object": "payment_method"}},
    }
    received = deliver(sandbox=sandbox, event=event)
    assert operations.process_event(event_id=received.event_id, now=NOW) is EventState.PROCESSED
    gift.refresh_from_db()
    assert gift.method_expires != 202612


def test_a_notice_before_our_own_answer(sandbox: Client) -> None:
    started = begin_monthly()
    ref = page_of(started)
    sandbox.pay(ref)
    MonthlyGift.objects.update(state=MonthlyState.DRAFT, checkout_ref=None, checkout_url="")
    deliver_all(sandbox=sandbox)
    gift = MonthlyGift.objects.get()
    assert (gift.state, gift.checkout_ref) == (MonthlyState.ACTIVE, ref)
    assert Donation.objects.count() == 1
    assert not ProviderEvent.objects.filter(state=EventState.PENDING).exists()


def test_an_answer_that_was_lost_is_asked_for_again(sandbox: Client) -> None:
    sandbox.fault("timeout", method="POST", path="*checkout/sessions", when="before", times=None)
    with pytest.raises(operations.ProviderUnavailable):
        begin_monthly()
    sandbox.clear_faults()
    assert MonthlyGift.objects.get().state == MonthlyState.DRAFT
    assert operations.sweep(now=NOW + timedelta(minutes=3)).monthly == 1
    assert MonthlyGift.objects.get().state == MonthlyState.CHECKOUT_OPEN
    assert len(sandbox.stripe_client().v1.checkout.sessions.list().data) == 1


def test_by_hand_nobody_is_asked(sandbox: Client) -> None:
    started = begin_monthly(kind=MonthlyKind.BY_HAND, day=28)
    assert started.state is MonthlyState.ACTIVE
    assert started.checkout_url is None
    assert settle_monthly(gift_id=started.gift_id, now=NOW) is MonthlyState.ACTIVE
    gift = MonthlyGift.objects.get()
    assert [row.due_on.isoformat() for row in gift.occasions.all()] == ["2026-11-28"]
    assert Mail.objects.get(kind="monthly_started")


def test_by_hand_today_is_paid_at_once(sandbox: Client) -> None:
    started = begin_monthly(kind=MonthlyKind.BY_HAND)
    donation = Donation.objects.get()
    assert (donation.monthly_gift_id, donation.due_on) == (started.gift_id, NOW.date())
    assert started.checkout_url == donation.checkout_url
    assert begin_monthly(kind=MonthlyKind.BY_HAND) == started
    make_occasions(now=NOW + timedelta(hours=1))
    _, context = read_mail(Mail.objects.get())
    assert "/give/" in context["give_url"], "one mail: that it has begun, and where today's is paid"
    assert context["next_dates"][0] == NOW.date().isoformat()
    sandbox.pay(str(donation.checkout_ref))
    operations.settle(donation_id=donation.pk, now=NOW)
    assert MonthlyGift.objects.get().occasions.get().state == "given"


def test_by_hand_a_second_payment_of_a_day_is_no_gift(sandbox: Client) -> None:
    begin_monthly(kind=MonthlyKind.BY_HAND)
    donation = Donation.objects.get()
    sandbox.pay(str(donation.checkout_ref))
    operations.settle(donation_id=donation.pk, now=NOW)
    again = Donation.objects.get()
    again.pk, again.intent_key, again.token = None, "another-attempt", "another-token"
    again.state, again.settled_at, again.checkout_ref, again.checkout_url = "checkout_open", None, None, ""
    again.save(force_insert=True)
    for line in DonationLine.objects.filter(donation=donation):
        line.pk, line.donation = None, again
        line.save(force_insert=True)
    page = sandbox.stripe_client().v1.checkout.sessions.create(
        {
            "mode": "payment",
            "client_reference_id": str(again.pk),
            "payment_intent_data": {"metadata": {"donation": str(again.pk)}},
            "success_url": "https://store.example.org/",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {"currency": "pln", "unit_amount": 5_000, "product_data": {"name": "Again"}},
                }
            ],
        }
    )
    sandbox.pay(page.id)
    deliver_all(sandbox=sandbox)
    assert operations.compare_with_provider(now=NOW).unexplained == []
    assert Donation.objects.filter(settled_at__isnull=False).count() == 1
