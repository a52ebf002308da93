"""Keeping a payment method without paying: by the API alone, and on the page of a session in setup mode."""

from typing import Any

import pytest
import stripe

from stripe_sandbox.testing import Client
from tests.factories.stripe_sandbox import ASKS, DECLINES, PAYS, session_params

NAMES = ("line_items", "submit_type", "payment_intent_data")


def setup_params(**changes: Any) -> dict[str, Any]:
    """What a shop sends to have a card typed for later."""
    facts = {"mode": "setup", "currency": "pln", "setup_intent_data": {"metadata": {"monthly_gift": "gift-3"}}}
    return session_params(**{**dict.fromkeys(NAMES), **facts, **changes})


@pytest.fixture
def customer(api: stripe.StripeClient) -> stripe.Customer:
    return api.v1.customers.create({"email": "anna@example.org"})


@pytest.fixture
def session(api: stripe.StripeClient, customer: stripe.Customer) -> stripe.checkout.Session:
    return api.v1.checkout.sessions.create(setup_params(customer=customer.id, customer_email=None))


def told(api: stripe.StripeClient) -> list[str]:
    return [event.type for event in reversed(api.v1.events.list({"limit": 100}).data)]


def test_a_method_is_kept_by_the_api_alone(api: stripe.StripeClient, customer: stripe.Customer):
    intent = api.v1.setup_intents.create({"customer": customer.id, "metadata": {"a": "1"}})
    assert (intent.status, intent.usage, intent.payment_method_types) == (
        "requires_payment_method",
        "off_session",
        ["card"],
    )
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        api.v1.setup_intents.confirm(intent.id)
    done = api.v1.setup_intents.confirm(
        intent.id, {"payment_method": "pm_card_visa", "expand": ["mandate", "payment_method"]}
    )
    assert done.status == "succeeded"
    assert isinstance(done.payment_method, stripe.PaymentMethod)
    assert done.payment_method.customer == customer.id
    assert isinstance(done.mandate, stripe.Mandate)
    assert (done.mandate.status, done.mandate.type) == ("active", "multi_use")
    assert told(api)[1:] == ["setup_intent.created", "payment_method.attached", "setup_intent.succeeded"]
    for refused in (api.v1.setup_intents.cancel, api.v1.setup_intents.confirm):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            refused(intent.id)
        assert caught.value.code == "setup_intent_unexpected_state"


def test_a_declined_card_keeps_the_intent_open(api: stripe.StripeClient, customer: stripe.Customer):
    params = {"customer": customer.id, "payment_method": "pm_card_chargeDeclined", "confirm": True}
    with pytest.raises(stripe.CardError) as caught:
        api.v1.setup_intents.create(params)
    assert caught.value.code == "card_declined"
    intent = api.v1.setup_intents.list({"customer": customer.id}).data[0]
    assert (intent.status, intent.last_setup_error.decline_code) == ("requires_payment_method", "generic_decline")
    assert told(api)[-1] == "setup_intent.setup_failed"
    canceled = api.v1.setup_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")


def test_an_agreement_ends_with_its_method(api: stripe.StripeClient, customer: stripe.Customer):
    accepted = {"customer_acceptance": {"type": "offline", "accepted_at": 1_790_000_000}}
    params = {"customer": customer.id, "payment_method": "pm_card_visa", "confirm": True, "mandate_data": accepted}
    intent = api.v1.setup_intents.create(params)
    mandate = api.v1.mandates.retrieve(str(intent.mandate))
    assert (mandate.customer_acceptance.type, mandate.customer_acceptance.accepted_at) == ("offline", 1_790_000_000)
    api.v1.payment_methods.detach(str(intent.payment_method))
    assert api.v1.mandates.retrieve(mandate.id).status == "inactive"
    event = api.v1.events.list({"type": "mandate.updated"}).data[0]
    assert event.data.previous_attributes.to_dict() == {"status": "active"}


def test_a_session_keeps_a_card_for_its_customer(
    api: stripe.StripeClient, sandbox: Client, session: stripe.checkout.Session, customer: stripe.Customer
):
    assert (session.mode, session.payment_status, session.amount_total) == ("setup", "no_payment_required", None)
    answer = sandbox.setup(session.id, card=PAYS, exp="08/31")
    assert answer["result"] == "kept"
    after = api.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent.payment_method"]})
    assert (after.status, after.payment_status, after.payment_intent) == ("complete", "no_payment_required", None)
    intent = after.setup_intent
    assert isinstance(intent, stripe.SetupIntent)
    assert (intent.status, intent.metadata.to_dict()) == ("succeeded", {"monthly_gift": "gift-3"})
    assert isinstance(intent.payment_method, stripe.PaymentMethod)
    assert (intent.payment_method.card.exp_month, intent.payment_method.card.exp_year) == (8, 2031)
    assert [each.id for each in api.v1.customers.payment_methods.list(customer.id).data] == [intent.payment_method.id]
    assert api.v1.charges.list().data == []
    assert told(api)[1:] == [
        *("setup_intent.created", "payment_method.attached", "setup_intent.succeeded"),
        "checkout.session.completed",
    ]


def test_a_declined_card_is_followed_by_another(
    api: stripe.StripeClient, sandbox: Client, session: stripe.checkout.Session
):
    answer = sandbox.setup(session.id, card=DECLINES)
    assert (answer["result"], answer["refusal"]["code"]) == ("refused", "card_declined")
    assert api.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert sandbox.setup(session.id)["result"] == "kept"


def test_a_card_that_asks_is_kept_once_confirmed(
    api: stripe.StripeClient, sandbox: Client, session: stripe.checkout.Session
):
    assert sandbox.setup(session.id, card=ASKS, outcome="none")["result"] == "challenged"
    intent = api.v1.setup_intents.retrieve(str(session.setup_intent))
    assert (intent.status, intent.next_action.type) == ("requires_action", "redirect_to_url")
    refused = sandbox.setup(session.id, card=ASKS, outcome="refuse")
    assert refused["refusal"]["code"] == "setup_intent_authentication_failure"
    assert sandbox.setup(session.id, card=ASKS)["result"] == "kept"


def test_an_expired_session_cancels_its_intent(api: stripe.StripeClient, session: stripe.checkout.Session):
    api.v1.checkout.sessions.expire(session.id)
    intent = api.v1.setup_intents.retrieve(str(session.setup_intent))
    assert (intent.status, intent.cancellation_reason) == ("canceled", "abandoned")


def test_a_customer_is_made_when_asked_for(api: stripe.StripeClient, sandbox: Client):
    session = api.v1.checkout.sessions.create(setup_params(customer_creation="always"))
    sandbox.setup(session.id)
    after = api.v1.checkout.sessions.retrieve(session.id, {"expand": ["customer", "setup_intent"]})
    assert isinstance(after.customer, stripe.Customer)
    assert after.customer.email == "anna@example.org"
    assert after.setup_intent.customer == after.customer.id
    nobody = api.v1.checkout.sessions.create(setup_params())
    sandbox.setup(nobody.id)
    assert api.v1.checkout.sessions.retrieve(nobody.id).customer is None


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"currency": None}, "parameter_missing", "currency"),
        ({"currency": "xxx"}, None, "currency"),
        ({"line_items": []}, None, "line_items"),
        ({"submit_type": "donate"}, None, "submit_type"),
        ({"payment_intent_data": {"description": "x"}}, None, "payment_intent_data"),
        ({"subscription_data": {"description": "x"}}, None, "subscription_data"),
        ({"allowed_payment_method_types": ["p24"]}, None, "allowed_payment_method_types"),
    ],
)
def test_what_stripe_refuses_in_setup_mode(
    api: stripe.StripeClient, changes: dict[str, Any], code: str | None, param: str
):
    if changes.get("line_items") == []:
        changes = {"line_items": session_params()["line_items"]}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.v1.checkout.sessions.create(setup_params(**changes))
    assert (caught.value.code, caught.value.param) == (code, param)
