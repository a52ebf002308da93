"""Payment intents made and confirmed by the API alone."""

from typing import Any

import pytest
import stripe


def params(**changes: Any) -> dict[str, Any]:
    return {"amount": 10_000, "currency": "pln", "metadata": {"donation": "donation-7"}, **changes}


def test_an_intent_is_made_confirmed_and_paid(api: stripe.StripeClient):
    intent = api.v1.payment_intents.create(params(description="Donation 7"))
    assert (intent.status, intent.payment_method_types) == ("requires_payment_method", ["card", "blik", "p24"])
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        api.v1.payment_intents.confirm(intent.id)
    paid = api.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa", "expand": ["latest_charge"]})
    assert (paid.status, paid.amount_received) == ("succeeded", 10_000)
    assert isinstance(paid.latest_charge, stripe.Charge)
    assert paid.latest_charge.metadata.to_dict() == {"donation": "donation-7"}
    assert api.v1.balance_transactions.list().data[0].net == 9_750
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert caught.value.code == "payment_intent_unexpected_state"


def test_an_intent_waits_for_its_confirmation(api: stripe.StripeClient):
    intent = api.v1.payment_intents.create(params(payment_method="pm_card_pl"))
    assert intent.status == "requires_confirmation"
    assert api.v1.payment_intents.confirm(intent.id).status == "succeeded"


def test_a_declined_card_is_a_card_error_and_its_charge_stands(api: stripe.StripeClient):
    card = "pm_card_chargeDeclinedInsufficientFunds"
    for replayed in (None, "true"):
        with pytest.raises(stripe.CardError) as caught:
            api.v1.payment_intents.create(params(confirm=True, payment_method=card), {"idempotency_key": "key"})
        error = caught.value
        assert (error.http_status, error.code, error.error.decline_code) == (402, "card_declined", "insufficient_funds")
        assert error.headers.get("Idempotent-Replayed") == replayed
    charges = api.v1.charges.list().data
    assert [(charge.id, charge.status) for charge in charges] == [(error.error.charge, "failed")]
    intent = api.v1.payment_intents.retrieve(error.error.payment_intent.id)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.decline_code == "insufficient_funds"
    assert api.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"amount": 199}, "amount_too_small", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"currency": "xxx"}, None, "currency"),
        ({"confirm": True}, "parameter_missing", "payment_method"),
        ({"payment_method": "pm_nothing"}, "resource_missing", "payment_method"),
        ({"customer": "cus_nobody"}, "resource_missing", "customer"),
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        ({"allowed_payment_method_types": ["ideal"]}, None, "allowed_payment_method_types"),
    ],
)
def test_what_is_refused_makes_no_intent(
    api: stripe.StripeClient, changes: dict[str, Any], code: str | None, param: str
):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.v1.payment_intents.create(params(**changes))
    assert (caught.value.code, caught.value.param) == (code, param)
    assert api.v1.payment_intents.list().data == []


def test_a_card_that_asks_does_so_on_the_hosted_page_alone(api: stripe.StripeClient):
    for changes in ({"payment_method": "pm_card_authenticationRequired"}, {"application_fee_amount": 5}):
        with pytest.raises(stripe.APIError) as caught:
            api.v1.payment_intents.create(params(confirm=True, **{"payment_method": "pm_card_visa", **changes}))
        assert caught.value.http_status == 501
    assert api.v1.payment_intents.list().data == []
