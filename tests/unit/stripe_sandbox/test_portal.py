"""The billing portal: what it may do is the configuration's, what it does is the customer's own."""

import datetime
from typing import Any

import pytest
import stripe

from stripe_sandbox.testing import Client
from tests.factories.stripe_sandbox import ASKS, DECLINES, FAILS_LATER, subscription_params
from tests.unit.stripe_sandbox.visiting import card_form, visit

NOON = int(datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC).timestamp())
BACK = "http://shop.test/my-giving"
ON = {"enabled": True}


@pytest.fixture(autouse=True)
def _noon(sandbox: Client) -> None:
    sandbox.clock(now=NOON, stopped=True)


@pytest.fixture
def subscription(api: stripe.StripeClient, sandbox: Client) -> stripe.Subscription:
    data = {"description": "A warm night"}
    session = api.v1.checkout.sessions.create(subscription_params(subscription_data=data))
    sandbox.pay(session.id)
    begun = api.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]}).subscription
    assert isinstance(begun, stripe.Subscription)
    return begun


def opened(api: stripe.StripeClient, customer: Any, **changes: Any) -> stripe.billing_portal.Session:
    params = {"customer": customer, "return_url": BACK, "locale": "pl", **changes}
    return api.v1.billing_portal.sessions.create(params)


def to_cancel(subscription: stripe.Subscription, **completion: Any) -> dict[str, Any]:
    flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": subscription.id}}
    return {**flow, "after_completion": completion} if completion else flow


def test_a_configuration_says_what_may_be_done(api: stripe.StripeClient):
    configurations = api.v1.billing_portal.configurations
    features = {"subscription_cancel": {**ON, "mode": "immediately"}, "invoice_history": ON}
    made = configurations.create({"features": features, "business_profile": {"headline": "Give"}, "name": "ours"})
    assert (made.is_default, made.active, made.features.subscription_cancel.mode) == (False, True, "immediately")
    assert made.features.payment_method_update.enabled is False
    updated = configurations.update(made.id, {"features": {"payment_method_update": ON}, "name": ""})
    assert (updated.features.payment_method_update.enabled, updated.name) == (True, None)
    assert updated.features.subscription_cancel.enabled is True
    configurations.update(made.id, {"active": False})
    assert configurations.list({"active": True}).data == []
    assert configurations.retrieve(made.id).active is False


@pytest.mark.parametrize("feature", ["subscription_update", "subscription_pause", "customer_update"])
def test_what_the_portal_does_not_do_is_said(api: stripe.StripeClient, feature: str):
    with pytest.raises(stripe.APIError) as caught:
        api.v1.billing_portal.configurations.create({"features": {feature: ON}})
    assert caught.value.http_status == 501


def test_the_first_page_shows_what_is_taken_and_kept(
    api: stripe.StripeClient, sandbox: Client, subscription: stripe.Subscription
):
    session = opened(api, subscription.customer)
    assert session.url.startswith(f"{sandbox.url}/p/session/bps_")
    page = visit(session.url)
    text = page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert page.status == 200
    for said in (
        "A warm night",
        "50,00 zł co miesiąc",
        "Następny raz 21 grudnia.",
        "Visa z końcówką 4242, ważna do 12/2049",
    ):
        assert said in text
    assert "To nie są prawdziwe pieniądze" in text
    assert f'href="{BACK}"' in page.source
    assert "<script" not in page.source
    english = visit(opened(api, subscription.customer, locale="en").url).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "PLN 50.00 every month" in english
    assert "Next on 21 December." in english


def test_a_card_is_replaced_everywhere(api: stripe.StripeClient, subscription: stripe.Subscription):
    session = opened(api, subscription.customer)
    page = visit(session.url + "/card", card_form("5555 5555 5555 4444", expiry="08/31"))
    assert (page.status, page.location) == (303, f"/p/session/{session.id}")
    kept = api.v1.customers.payment_methods.list(str(subscription.customer)).data
    assert [(each.card.last4, each.card.exp_year) for each in kept] == [("4444", 2031), ("4242", 2049)]
    customer = api.v1.customers.retrieve(str(subscription.customer))
    assert customer.invoice_settings.default_payment_method == kept[0].id
    assert api.v1.subscriptions.retrieve(subscription.id).default_payment_method == kept[0].id
    told = [event.type for event in reversed(api.v1.events.list({"limit": 5}).data)]
    assert told == [
        *("setup_intent.created", "payment_method.attached", "setup_intent.succeeded"),
        *("customer.updated", "customer.subscription.updated"),
    ]


def test_a_card_that_is_declined_or_asks(api: stripe.StripeClient, sandbox: Client, subscription: stripe.Subscription):
    session = opened(api, subscription.customer)
    wrong = visit(session.url + "/card", card_form("4111 1111 1111 1111", email="nobody"))
    assert wrong.status == 422
    assert 'aria-invalid="true"' in wrong.source
    declined = visit(session.url + "/card", card_form(DECLINES))
    assert declined.status == 402
    assert "Karta została odrzucona." in declined.text
    asking = visit(session.url + "/card", card_form(ASKS))
    assert asking.location == f"/p/session/{session.id}/confirm"
    confirm = sandbox.url + asking.location
    assert "Potwierdź, że to Ty" in visit(confirm).text
    assert "Bank nie potwierdził" in visit(confirm, {"answer": "refuse"}).text
    assert len(api.v1.customers.payment_methods.list(str(subscription.customer)).data) == 1
    visit(session.url + "/card", card_form(ASKS))
    assert visit(confirm, {"answer": "approve"}).location == f"/p/session/{session.id}"
    assert api.v1.customers.payment_methods.list(str(subscription.customer)).data[0].card.last4 == "3155"


def test_a_card_that_is_used_can_not_be_removed(api: stripe.StripeClient, subscription: stripe.Subscription):
    session = opened(api, subscription.customer)
    used = subscription.default_payment_method
    refused = visit(f"{session.url}/method/{used}/remove", {"answer": "remove"})
    assert refused.status == 409
    assert "Ta karta jest używana." in refused.text
    other = api.v1.payment_methods.attach("pm_card_mastercard", {"customer": str(subscription.customer)})
    assert visit(f"{session.url}/method/{other.id}/default", {"answer": "default"}).status == 303
    assert api.v1.subscriptions.retrieve(subscription.id).default_payment_method == other.id
    assert visit(f"{session.url}/method/{used}/remove", {"answer": "remove"}).status == 303
    assert [each.id for each in api.v1.customers.payment_methods.list(str(subscription.customer)).data] == [other.id]


def test_a_subscription_is_cancelled_at_its_end_and_taken_back(
    api: stripe.StripeClient, sandbox: Client, subscription: stripe.Subscription
):
    session = opened(api, subscription.customer)
    address = f"{session.url}/cancel/{subscription.id}"
    assert "Od dnia 21 grudnia nic już nie będzie pobierane." in visit(address).text
    assert api.v1.subscriptions.retrieve(subscription.id).cancel_at_period_end is False
    assert visit(address, {"answer": "cancel"}).status == 303
    ending = api.v1.subscriptions.retrieve(subscription.id)
    assert (ending.cancel_at_period_end, ending.status) == (True, "active")
    assert "Kończy się 21 grudnia." in visit(session.url).text
    visit(address, {"answer": "keep"})
    assert api.v1.subscriptions.retrieve(subscription.id).cancel_at_period_end is False


def test_a_subscription_is_cancelled_at_once(api: stripe.StripeClient, subscription: stripe.Subscription):
    features = {"subscription_cancel": {**ON, "mode": "immediately"}}
    configuration = api.v1.billing_portal.configurations.create({"features": features})
    session = opened(api, subscription.customer, configuration=configuration.id)
    assert "Dodaj lub zmień kartę" not in visit(session.url).text
    assert visit(session.url + "/card").status == 404
    visit(f"{session.url}/cancel/{subscription.id}", {"answer": "cancel"})
    assert api.v1.subscriptions.retrieve(subscription.id).status == "canceled"
    assert "Nic nie jest pobierane regularnie." in visit(session.url).text


def test_a_session_for_one_thing_does_nothing_else(api: stripe.StripeClient, subscription: stripe.Subscription):
    session = opened(api, subscription.customer, flow_data={"type": "payment_method_update"})
    assert session.flow is not None
    assert session.flow.type == "payment_method_update"
    assert visit(session.url).location == f"/p/session/{session.id}/card"
    assert visit(f"{session.url}/cancel/{subscription.id}", {"answer": "cancel"}).status == 404
    assert visit(session.url + "/card", card_form(FAILS_LATER)).location == f"/p/session/{session.id}"
    assert "0341" in visit(session.url).text


@pytest.mark.parametrize(
    ("completion", "status", "location", "said"),
    [
        ({"type": "redirect", "redirect": {"return_url": BACK + "?done"}}, 303, BACK + "?done", ""),
        (
            {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "Do widzenia"}},
            200,
            None,
            "Do widzenia",
        ),
    ],
)
def test_when_the_one_thing_is_done_the_session_is(
    api: stripe.StripeClient,
    subscription: stripe.Subscription,
    completion: dict[str, Any],
    status: int,
    location: str | None,
    said: str,
):
    session = opened(api, subscription.customer, flow_data=to_cancel(subscription, **completion))
    page = visit(f"{session.url}/cancel/{subscription.id}", {"answer": "cancel"})
    assert (page.status, page.location) == (status, location)
    assert said in page.text
    assert api.v1.subscriptions.retrieve(subscription.id).cancel_at_period_end is True
    again = visit(f"{session.url}/cancel/{subscription.id}", {"answer": "keep"})
    assert again.status == 410
    assert visit(session.url).location == location


def test_nobody_elses_things_are_there(api: stripe.StripeClient, subscription: stripe.Subscription):
    stranger = api.v1.customers.create({"email": "bartek@example.org"})
    session = opened(api, stranger.id)
    assert visit(f"{session.url}/cancel/{subscription.id}", {"answer": "cancel"}).status == 404
    used = subscription.default_payment_method
    assert visit(f"{session.url}/method/{used}/default", {"answer": "default"}).status == 404
    assert api.v1.customers.retrieve(stranger.id).invoice_settings.default_payment_method is None
    with pytest.raises(stripe.InvalidRequestError) as caught:
        opened(api, stranger.id, flow_data=to_cancel(subscription))
    assert caught.value.param == "flow_data[subscription_cancel][subscription]"


def test_the_address_lives_five_minutes_unopened_and_an_hour_unused(
    api: stripe.StripeClient, sandbox: Client, subscription: stripe.Subscription
):
    unopened, used = (opened(api, subscription.customer) for _ in range(2))
    assert visit(used.url).status == 200
    sandbox.clock(now=NOON + 301, stopped=True)
    assert visit(unopened.url).status == 410
    sandbox.clock(now=NOON + 3_600, stopped=True)
    assert visit(used.url).status == 200
    sandbox.clock(now=NOON + 7_201, stopped=True)
    assert visit(used.url + "/card", card_form()).status == 410
    assert len(api.v1.customers.payment_methods.list(str(subscription.customer)).data) == 1
    for address in ("/p/session/bps_nothing", "/p/session/", "/p/nothing"):
        assert visit(sandbox.url + address).status == 404


def test_an_erased_customers_portal_is_gone(api: stripe.StripeClient):
    customer = api.v1.customers.create({"email": "anna@example.org"})
    session = opened(api, customer.id)
    api.v1.customers.delete(customer.id)
    assert visit(session.url).status == 404


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"customer": "cus_nobody"}, "resource_missing", "customer"),
        ({"configuration": "bpc_nothing"}, "resource_missing", "configuration"),
        ({"return_url": "javascript:alert(1)"}, "url_invalid", "return_url"),
        ({"flow_data": {"type": "subscription_cancel"}}, "parameter_missing", "flow_data[subscription_cancel]"),
    ],
)
def test_what_stripe_refuses(api: stripe.StripeClient, changes: dict[str, Any], code: str, param: str):
    customer = api.v1.customers.create({"email": "anna@example.org"})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        opened(api, **{"customer": customer.id, **changes})
    assert (caught.value.code, caught.value.param) == (code, param)
