"""What holds for the calls about prices, kept methods and portals as for every other: faults, keys, unknown names."""

from typing import Any

import pytest
import stripe

from stripe_sandbox.testing import Client

PRICE = {"currency": "pln", "unit_amount": 5_000, "product_data": {"name": "A warm night"}}


def test_missing_objects_are_404(api: stripe.StripeClient):
    for retrieve in (
        api.v1.prices.retrieve,
        api.v1.products.retrieve,
        api.v1.setup_intents.retrieve,
        api.v1.mandates.retrieve,
        api.v1.billing_portal.configurations.retrieve,
        api.v1.customers.payment_methods.list,
    ):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            retrieve("pm_nothing")
        assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_asked_for_again_with_its_key(api: stripe.StripeClient, sandbox: Client, when: str):
    sandbox.fault("timeout", path="/v1/prices", when=when)
    key = {"idempotency_key": "price-1"}
    with pytest.raises(stripe.APIConnectionError):
        api.v1.prices.create(PRICE, key)
    price = api.v1.prices.create(PRICE, key)
    assert [each.id for each in api.v1.prices.list().data] == [price.id]
    assert len(api.v1.products.list().data) == 1


def test_a_declined_card_is_declined_again_by_its_key(api: stripe.StripeClient):
    customer = api.v1.customers.create({"email": "anna@example.org"})
    params: Any = {"customer": customer.id, "payment_method": "pm_card_chargeDeclined", "confirm": True}
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            api.v1.setup_intents.create(params, {"idempotency_key": "setup-1"})
    assert len(api.v1.setup_intents.list().data) == 1


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/billing_portal/sessions", 500), ("/v1/payment_methods/*/attach", 429)]
)
def test_faults_strike_these_calls_too(api: stripe.StripeClient, sandbox: Client, path: str, status: int):
    customer = api.v1.customers.create({"email": "anna@example.org"})
    sandbox.fault("error", path=path, status=status)
    calls = {
        500: lambda: api.v1.billing_portal.sessions.create({"customer": customer.id}),
        429: lambda: api.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id}),
    }
    with pytest.raises(stripe.StripeError) as caught:
        calls[status]()
    assert caught.value.http_status == status
    assert api.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id}).customer == customer.id


def test_an_event_of_a_kept_card_may_never_come_to_exist(api: stripe.StripeClient, sandbox: Client):
    sandbox.fault("event_never_made", event_type="payment_method.attached")
    customer = api.v1.customers.create({"email": "anna@example.org"})
    api.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    assert [event.type for event in api.v1.events.list().data] == ["customer.created"]
