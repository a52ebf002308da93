"""Checkout in subscription mode: nothing exists before the page is done, then everything does."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import stripe

from stripe_sandbox.testing import Client, start_in_thread
from tests.factories.stripe_sandbox import (
    ASKS,
    DECLINES,
    FAILS_LATER,
    PAYS,
    line_item,
    monthly_item,
    subscription_params,
)

#: 21 November 2026, 12:00 UTC.
NOON = int(datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC).timestamp())
FIRST_OF_DECEMBER = int(datetime.datetime(2026, 12, 1, 10, tzinfo=datetime.UTC).timestamp())
ON_THE_FIRST = {"day_of_month": 1, "hour": 10, "minute": 0, "second": 0}


@pytest.fixture(autouse=True)
def _noon(sandbox: Client) -> None:
    sandbox.clock(now=NOON, stopped=True)


def opened(api: stripe.StripeClient, **changes: Any) -> stripe.checkout.Session:
    return api.v1.checkout.sessions.create(subscription_params(**changes))


def later(**changes: Any) -> dict[str, Any]:
    """A subscription whose first charge is on 1 December."""
    return {"billing_cycle_anchor_config": ON_THE_FIRST, "proration_behavior": "none", **changes}


def told(api: stripe.StripeClient) -> list[str]:
    return [event.type for event in reversed(api.v1.events.list({"limit": 100}).data)]


def begun(api: stripe.StripeClient, session_id: str) -> stripe.Subscription:
    subscription = api.v1.checkout.sessions.retrieve(session_id, {"expand": ["subscription"]}).subscription
    assert isinstance(subscription, stripe.Subscription)
    return subscription


def test_nothing_exists_before_the_page_is_done(api: stripe.StripeClient, sandbox: Client):
    session = opened(api)
    assert (session.mode, session.amount_total, session.payment_method_types) == ("subscription", 5_000, ["card"])
    assert (session.customer, session.subscription, session.customer_creation) == (None, None, "always")
    assert sandbox.pay(session.id, card=DECLINES)["refusal"]["decline_code"] == "generic_decline"
    assert told(api) == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    assert (api.v1.subscriptions.list().data, api.v1.customers.list().data) == ([], [])
    assert api.v1.checkout.sessions.retrieve(session.id).status == "open"


def test_paying_begins_the_subscription(api: stripe.StripeClient, sandbox: Client):
    session = opened(api)
    assert sandbox.pay(session.id, card=PAYS, expiry="08/31", name="Anna Nowak")["result"] == "paid"
    after = api.v1.checkout.sessions.retrieve(session.id, {"expand": ["customer", "invoice", "subscription"]})
    assert (after.status, after.payment_status, after.payment_intent) == ("complete", "paid", None)
    subscription, customer, invoice = after.subscription, after.customer, after.invoice
    assert isinstance(customer, stripe.Customer)
    assert (customer.email, customer.name) == ("anna@example.org", "Anna Nowak")
    assert isinstance(subscription, stripe.Subscription)
    assert (subscription.status, subscription.customer) == ("active", customer.id)
    assert subscription.metadata.to_dict() == {"monthly_gift": "gift-3", "terms": "terms-5"}
    assert subscription.billing_cycle_anchor == NOON
    method = api.v1.payment_methods.retrieve(str(subscription.default_payment_method))
    assert (method.customer, method.card.exp_month, method.card.exp_year) == (customer.id, 8, 2031)
    assert isinstance(invoice, stripe.Invoice)
    assert (invoice.status, invoice.amount_paid, invoice.id) == ("paid", 5_000, subscription.latest_invoice)
    charges = api.v1.charges.list({"customer": customer.id}).data
    assert [charge.amount for charge in charges] == [5_000]
    payment = api.v1.invoice_payments.list({"invoice": invoice.id}).data[0].payment
    assert payment.payment_intent == charges[0].payment_intent


def test_what_is_told_and_in_which_order(api: stripe.StripeClient, sandbox: Client):
    sandbox.pay(opened(api).id)
    kinds = told(api)
    in_order = [
        *("payment_intent.created", "customer.created", "payment_method.attached", "charge.succeeded"),
        *("payment_intent.succeeded", "customer.subscription.created", "checkout.session.completed", "charge.updated"),
    ]
    assert [kind for kind in kinds if kind in in_order] == in_order
    assert "invoice.paid" in kinds
    completed = api.v1.events.list({"type": "checkout.session.completed"}).data[0].data.object
    assert completed["subscription"].startswith("sub_")
    assert completed["invoice"].startswith("in_")


def test_a_first_charge_on_another_day_takes_nothing_now(api: stripe.StripeClient, sandbox: Client):
    session = opened(api, subscription_data=later())
    assert (session.amount_total, session.amount_subtotal) == (0, 0)
    assert sandbox.pay(session.id)["result"] == "kept"
    after = api.v1.checkout.sessions.retrieve(session.id)
    assert (after.payment_status, after.invoice) == ("no_payment_required", None)
    subscription = begun(api, session.id)
    assert subscription.billing_cycle_anchor == FIRST_OF_DECEMBER
    assert subscription.default_payment_method is not None
    assert api.v1.charges.list().data == []
    assert "setup_intent.succeeded" in told(api)


def test_without_a_word_on_prorations_a_share_is_due_now(api: stripe.StripeClient, sandbox: Client):
    """From 21 November 12:00 to 1 December 10:00 are 238 of the 720 hours since 1 November 10:00."""
    session = opened(api, subscription_data={"billing_cycle_anchor": FIRST_OF_DECEMBER})
    assert session.amount_total == 1_653
    sandbox.pay(session.id)
    assert [charge.amount for charge in api.v1.charges.list().data] == [1_653]


def test_a_trial_takes_nothing_until_its_end(api: stripe.StripeClient, sandbox: Client):
    session = opened(api, subscription_data={"trial_end": FIRST_OF_DECEMBER})
    assert sandbox.pay(session.id)["result"] == "kept"
    subscription = begun(api, session.id)
    assert (subscription.status, subscription.trial_end) == ("trialing", FIRST_OF_DECEMBER)


def test_what_is_given_once_is_in_the_first_sum_alone(api: stripe.StripeClient, sandbox: Client):
    session = opened(api, line_items=[monthly_item(), line_item(unit_amount=1_000)])
    assert session.amount_total == 6_000
    sandbox.pay(session.id)
    assert [charge.amount for charge in api.v1.charges.list().data] == [6_000]
    assert [item.price.unit_amount for item in begun(api, session.id)["items"].data] == [5_000]


def test_a_card_that_asks_begins_it_once_confirmed(api: stripe.StripeClient, sandbox: Client):
    session = opened(api)
    assert sandbox.pay(session.id, card=ASKS, outcome="none")["result"] == "challenged"
    assert api.v1.subscriptions.list().data == []
    assert sandbox.pay(session.id, card=ASKS, outcome="refuse")["result"] == "refused"
    assert sandbox.pay(session.id, card=ASKS)["result"] == "paid"
    assert begun(api, session.id).status == "active"
    assert [charge.status for charge in api.v1.charges.list().data] == ["succeeded"]


def test_a_card_that_fails_later_begins_it(api: stripe.StripeClient, sandbox: Client):
    session = opened(api)
    assert sandbox.pay(session.id, card=FAILS_LATER)["result"] == "paid"
    assert begun(api, session.id).status == "active"


def test_a_customer_that_is_known_gets_it(api: stripe.StripeClient, sandbox: Client):
    customer = api.v1.customers.create({"email": "known@example.org"})
    session = opened(api, customer=customer.id, customer_email=None)
    sandbox.pay(session.id)
    assert begun(api, session.id).customer == customer.id
    assert len(api.v1.customers.list().data) == 1


def test_a_price_that_exists_is_used(api: stripe.StripeClient, sandbox: Client):
    product = {"name": "A warm night"}
    recurring = {"interval": "month", "interval_count": 3}
    price = api.v1.prices.create(
        {"currency": "pln", "unit_amount": 9_000, "product_data": product, "recurring": recurring}
    )
    session = opened(api, line_items=[{"price": price.id, "quantity": 2}])
    assert session.amount_total == 18_000
    sandbox.pay(session.id)
    item = begun(api, session.id)["items"].data[0]
    assert (item.price.id, item.quantity) == (price.id, 2)


def test_blik_begins_a_subscription_only_for_an_account_that_has_this(api: stripe.StripeClient, sandbox: Client):
    assert sandbox.pay(opened(api).id, blik="123456")["errors"] == {"method": "method_unknown"}
    with start_in_thread(blik_recurring=True) as able:
        other = able.stripe_client()
        session = opened(other)
        assert session.payment_method_types == ["card", "blik"]
        assert able.pay(session.id, blik="123456")["result"] == "paid"
        method = other.v1.payment_methods.list({"customer": str(begun(other, session.id).customer)}).data[0]
        assert method.type == "blik"


def test_a_session_left_open_over_its_anchor_takes_the_whole_sum(api: stripe.StripeClient, sandbox: Client):
    session = opened(api, subscription_data={"billing_cycle_anchor": NOON + 3_600, "proration_behavior": "none"})
    assert session.amount_total == 0
    sandbox.clock(now=NOON + 7_200, stopped=True)
    assert sandbox.pay(session.id)["result"] == "paid"
    assert api.v1.checkout.sessions.retrieve(session.id).amount_total == 5_000


def test_a_form_sent_many_times_at_once_begins_one(api: stripe.StripeClient, sandbox: Client):
    session = opened(api)
    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(lambda _: sandbox.pay(session.id)["result"], range(20)))
    assert (sorted(set(results)), results.count("paid")) == (["closed", "paid"], 1)
    assert len(api.v1.subscriptions.list().data) == 1
    assert len(api.v1.charges.list().data) == 1


def test_what_waits_outlives_a_restart(tmp_path: Path):
    state = tmp_path / "state.sqlite3"
    with start_in_thread(state=state) as before:
        api = before.stripe_client()
        done, waiting = opened(api), opened(api, subscription_data=later())
        before.pay(done.id)
        before.pay(waiting.id, card=ASKS, outcome="none")
        portal = api.v1.billing_portal.sessions.create(
            {"customer": str(api.v1.checkout.sessions.retrieve(done.id).customer)}
        )
    with start_in_thread(state=state) as after:
        api = after.stripe_client()
        assert begun(api, done.id).status == "active"
        assert after.pay(waiting.id, card=ASKS)["result"] == "kept"
        assert after.portal_card(portal.id, exp="08/31")["result"] == "kept"


def test_a_customer_on_a_test_clock_subscribes_by_it(api: stripe.StripeClient, sandbox: Client):
    in_a_year = NOON + 365 * 86_400
    clock = api.v1.test_helpers.test_clocks.create({"frozen_time": in_a_year})
    customer = api.v1.customers.create({"email": "anna@example.org", "test_clock": clock.id})
    data = {"billing_cycle_anchor": in_a_year + 86_400, "proration_behavior": "none"}
    session = opened(api, customer=customer.id, customer_email=None, subscription_data=data)
    assert session.created == NOON
    assert sandbox.pay(session.id, expiry="10/27")["errors"] == {"expiry": "expiry_past"}
    assert sandbox.pay(session.id)["result"] == "kept"
    subscription = begun(api, session.id)
    assert (subscription.created, subscription.billing_cycle_anchor) == (in_a_year, in_a_year + 86_400)


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"line_items": [line_item()]}, None, "line_items"),
        ({"line_items": None}, "parameter_missing", "line_items"),
        ({"line_items": [monthly_item(unit_amount=100)]}, "amount_too_small", "line_items"),
        ({"payment_intent_data": {"description": "x"}}, None, "payment_intent_data"),
        ({"customer_creation": "always"}, None, "customer_creation"),
        ({"allowed_payment_method_types": ["p24"]}, None, "allowed_payment_method_types"),
        ({"allowed_payment_method_types": ["blik"]}, None, "allowed_payment_method_types"),
        (
            {"subscription_data": {"billing_cycle_anchor": NOON - 1}},
            None,
            "subscription_data[billing_cycle_anchor]",
        ),
        (
            {"subscription_data": {"billing_cycle_anchor": NOON + 40 * 86_400}},
            None,
            "subscription_data[billing_cycle_anchor]",
        ),
        (
            {"subscription_data": {"billing_cycle_anchor_config": {"day_of_month": 32}}},
            "parameter_invalid_integer",
            "subscription_data[billing_cycle_anchor_config][day_of_month]",
        ),
        (
            {"subscription_data": later(trial_end=FIRST_OF_DECEMBER)},
            "parameters_exclusive",
            "subscription_data[trial_end]",
        ),
        ({"subscription_data": {"trial_end": NOON + 86_400}}, None, "subscription_data[trial_end]"),
        ({"subscription_data": later(), "line_items": [monthly_item(), line_item()]}, None, "line_items"),
    ],
)
def test_what_stripe_refuses_in_subscription_mode(
    api: stripe.StripeClient, changes: dict[str, Any], code: str | None, param: str
):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.v1.checkout.sessions.create(subscription_params(**changes))
    assert (caught.value.code, caught.value.param) == (code, param)


@pytest.mark.parametrize(
    ("now", "day", "anchor"),
    [
        ((2026, 1, 31, 12), 31, (2026, 2, 28, 10)),
        ((2026, 1, 31, 9), 31, (2026, 1, 31, 10)),
        ((2028, 2, 1, 0), 31, (2028, 2, 29, 10)),
        ((2026, 12, 15, 0), 1, (2027, 1, 1, 10)),
        ((2026, 3, 29, 11), 29, (2026, 4, 29, 10)),
    ],
)
def test_the_anchor_is_the_next_such_day(
    api: stripe.StripeClient,
    sandbox: Client,
    now: tuple[int, int, int, int],
    day: int,
    anchor: tuple[int, int, int, int],
):
    sandbox.clock(now=int(datetime.datetime(*now, tzinfo=datetime.UTC).timestamp()), stopped=True)
    config = {**ON_THE_FIRST, "day_of_month": day}
    session = opened(api, subscription_data=later(billing_cycle_anchor_config=config))
    sandbox.pay(session.id)
    expected = int(datetime.datetime(*anchor, tzinfo=datetime.UTC).timestamp())
    assert begun(api, session.id)["items"].data[0].current_period_end == expected
