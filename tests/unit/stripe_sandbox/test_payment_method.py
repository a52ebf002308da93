"""Payment methods that are kept: for whom, how long, and what becomes of charging them with nobody there."""

import datetime
from typing import Any

import pytest
import stripe

from stripe_sandbox.testing import Client


def kept(api: stripe.StripeClient, name: str = "pm_card_visa") -> tuple[stripe.Customer, stripe.PaymentMethod]:
    customer = api.v1.customers.create({"email": "anna@example.org"})
    return customer, api.v1.payment_methods.attach(name, {"customer": customer.id})


def charge_unattended(api: stripe.StripeClient, customer: str, method: str) -> stripe.PaymentIntent:
    facts = {"amount": 5_000, "currency": "pln", "customer": customer, "payment_method": method}
    return api.v1.payment_intents.create({**facts, "confirm": True, "off_session": True})


def test_a_card_is_made_by_its_number(api: stripe.StripeClient):
    card = {"number": "5555 5555 5555 4444", "exp_month": 8, "exp_year": 2031, "cvc": "123"}
    details = {"name": "Anna Nowak", "address": {"city": "Kraków"}}
    method = api.v1.payment_methods.create({"type": "card", "card": card, "billing_details": details})
    assert method.card is not None
    assert (method.card.brand, method.card.last4) == ("mastercard", "4444")
    assert (method.card.exp_month, method.card.exp_year) == (8, 2031)
    assert (method.billing_details.name, method.billing_details.address.city) == ("Anna Nowak", "Kraków")
    again = api.v1.payment_methods.create({"type": "card", "card": card})
    assert again.id != method.id
    assert again.card.fingerprint == method.card.fingerprint
    assert api.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}).card.last4 == "4242"


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"number": "4111111111111111", "exp_month": 8, "exp_year": 2031}, "incorrect_number"),
        ({"number": "4242424242424242", "exp_month": 13, "exp_year": 2031}, "invalid_expiry_month"),
        ({"number": "4242424242424242", "exp_month": 12, "exp_year": 2020}, "invalid_expiry_year"),
    ],
)
def test_a_card_that_can_be_none_is_refused(api: stripe.StripeClient, card: dict[str, Any], code: str):
    with pytest.raises(stripe.CardError) as caught:
        api.v1.payment_methods.create({"type": "card", "card": card})
    assert (caught.value.http_status, caught.value.code) == (402, code)


def test_a_method_is_kept_listed_made_the_default_and_let_go(api: stripe.StripeClient):
    customer, method = kept(api)
    assert method.customer == customer.id
    kept_ids = [each.id for each in api.v1.payment_methods.list({"customer": customer.id, "type": "card"}).data]
    assert kept_ids == [method.id]
    assert [each.id for each in api.v1.customers.payment_methods.list(customer.id).data] == [method.id]
    assert api.v1.customers.payment_methods.retrieve(customer.id, method.id).id == method.id
    assert api.v1.payment_methods.list().data == []
    settings = {"invoice_settings": {"default_payment_method": method.id}}
    changed = api.v1.customers.update(customer.id, {**settings, "expand": ["invoice_settings.default_payment_method"]})
    assert changed.invoice_settings.default_payment_method.id == method.id
    released = api.v1.payment_methods.detach(method.id)
    assert released.customer is None
    assert api.v1.customers.retrieve(customer.id).invoice_settings.default_payment_method is None
    assert api.v1.customers.payment_methods.list(customer.id).data == []
    told = [event.type for event in reversed(api.v1.events.list().data)]
    assert told == [
        *("customer.created", "payment_method.attached", "customer.updated"),
        *("customer.updated", "payment_method.detached"),
    ]
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        api.v1.payment_methods.attach(method.id, {"customer": customer.id})


def test_a_method_serves_nobody_else(api: stripe.StripeClient):
    _, method = kept(api)
    other = api.v1.customers.create({"email": "bartek@example.org"})
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        api.v1.payment_methods.attach(method.id, {"customer": other.id})
    with pytest.raises(stripe.InvalidRequestError, match="must be attached"):
        api.v1.customers.update(other.id, {"invoice_settings": {"default_payment_method": method.id}})
    with pytest.raises(stripe.InvalidRequestError):
        charge_unattended(api, other.id, method.id)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.v1.customers.payment_methods.retrieve(other.id, method.id)
    assert caught.value.http_status == 404
    assert api.v1.charges.list().data == []


def test_a_card_gets_a_new_date(api: stripe.StripeClient):
    _, method = kept(api)
    updated = api.v1.payment_methods.update(
        method.id, {"card": {"exp_month": 2, "exp_year": 2035}, "metadata": {"a": "1"}}
    )
    assert (updated.card.exp_month, updated.card.exp_year) == (2, 2035)
    event = api.v1.events.list({"type": "payment_method.updated"}).data[0]
    assert event.data.previous_attributes["card"]["exp_year"] == 2049
    loose = api.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    with pytest.raises(stripe.InvalidRequestError, match="save this PaymentMethod"):
        api.v1.payment_methods.update(loose.id, {"metadata": {"a": "1"}})


def test_a_kept_card_pays_with_nobody_there(api: stripe.StripeClient):
    customer, method = kept(api)
    paid = charge_unattended(api, customer.id, method.id)
    assert (paid.status, paid.customer) == ("succeeded", customer.id)


@pytest.mark.parametrize(
    ("name", "code", "decline_code"),
    [
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
        ("pm_card_authenticationRequired", "authentication_required", "authentication_required"),
    ],
)
def test_cards_that_fail_with_nobody_there(api: stripe.StripeClient, name: str, code: str, decline_code: str):
    customer, method = kept(api, name)
    with pytest.raises(stripe.CardError) as caught:
        charge_unattended(api, customer.id, method.id)
    assert (caught.value.code, caught.value.error.decline_code) == (code, decline_code)
    intent = api.v1.payment_intents.list().data[0]
    assert (intent.status, intent.last_payment_error.code) == ("requires_payment_method", code)


def test_a_card_that_asked_once_does_not_ask_again(api: stripe.StripeClient):
    customer, method = kept(api, "pm_card_authenticationRequiredSetupForOffSession")
    assert charge_unattended(api, customer.id, method.id).status == "succeeded"


def test_a_card_expires_by_the_sandboxs_clock(api: stripe.StripeClient, sandbox: Client):
    customer, method = kept(api)
    api.v1.payment_methods.update(method.id, {"card": {"exp_month": 12, "exp_year": 2030}})
    last_day = int(datetime.datetime(2030, 12, 31, 23, tzinfo=datetime.UTC).timestamp())
    sandbox.clock(now=last_day, stopped=True)
    assert charge_unattended(api, customer.id, method.id).status == "succeeded"
    sandbox.clock(now=last_day + 3_600, stopped=True)
    with pytest.raises(stripe.CardError) as caught:
        charge_unattended(api, customer.id, method.id)
    assert caught.value.code == "expired_card"


def test_a_declined_card_is_kept_for_nobody(api: stripe.StripeClient):
    customer = api.v1.customers.create({"email": "anna@example.org"})
    with pytest.raises(stripe.CardError):
        api.v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer.id})
    assert api.v1.customers.payment_methods.list(customer.id).data == []


def test_an_erased_customer_keeps_no_method(api: stripe.StripeClient):
    customer, method = kept(api)
    api.v1.customers.delete(customer.id)
    assert api.v1.payment_methods.retrieve(method.id).customer is None
