"""Payment intents made and confirmed by the API alone, with the test cards that Stripe knows by name."""

from typing import Any

from stripe_sandbox import collection, money
from stripe_sandbox.errors import ApiError, JsonObject, invalid, missing
from stripe_sandbox.kinds import Call, Stands, answers
from stripe_sandbox.methods import eligible
from stripe_sandbox.objects import charge as charges
from stripe_sandbox.objects import customer, payment_method
from stripe_sandbox.objects import payment_intent as intents
from stripe_sandbox.world import World

_UNDERSTOOD = {
    *("allowed_payment_method_types", "amount", "automatic_payment_methods", "confirm", "currency", "customer"),
    *("description", "excluded_payment_method_types", "expand", "metadata", "payment_method", "receipt_email"),
    *("return_url", "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix", "transfer_group"),
    *("off_session",),
}
_CONFIRMABLE = ("requires_payment_method", "requires_confirmation")


@answers("POST", "/v1/payment_intents")
def create_intent(call: Call) -> JsonObject | Stands:
    """A new intent; with ``confirm`` it is tried at once."""
    world, params = call.world, call.params
    for name in params:
        if name not in _UNDERSTOOD:
            raise ApiError(f"The sandbox does not do {name} of payment intents.", status=501, param=name)
    amount, currency = params["amount"], params["currency"].lower()
    _check_sum(amount, currency)
    if params.get("confirm") and "payment_method" not in params:
        raise missing("payment_method")
    payer = customer.named(world, params["customer"])["id"] if "customer" in params else None
    named: Any = params.get("payment_method")
    method = payment_method.usable_by(world, named, payer) if named else None
    intent = intents.add(
        world,
        amount=amount,
        currency=currency,
        methods=eligible(params, currency, "PaymentIntent"),
        customer=payer,
        data=params,
    )
    if method is None:
        return intent
    world.store.change(intent, status="requires_confirmation", payment_method=method["id"])
    if not params.get("confirm"):
        return intent
    return _confirm(world, intent, method, off_session=bool(params.get("off_session")))


@answers("POST", "/v1/payment_intents/{}/confirm")
def confirm_intent(call: Call) -> JsonObject | Stands:
    """Try to take the money with the payment method that is named, now or before."""
    world, intent = call.world, call.own("payment_intent", "payment_intent")
    if intent["status"] not in _CONFIRMABLE:
        raise ApiError(
            f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
            payment_intent=intents.visible(intent),
        )
    named: Any = call.params.get("payment_method") or intent["payment_method"]
    if not named:
        raise ApiError(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
            param="payment_method",
        )
    method = payment_method.usable_by(world, named, intent["customer"])
    return _confirm(world, intent, method, off_session=bool(call.params.get("off_session")))


def _check_sum(amount: int, currency: str) -> None:
    if not money.is_known(currency):
        raise invalid(f"Invalid currency: {currency}.", "currency")
    if amount < money.least(currency):
        written = money.written(money.least(currency), currency)
        raise invalid(f"Amount must be at least {written}", "amount", "amount_too_small")
    if amount > money.most():
        written = money.written(money.most(), currency)
        raise invalid(f"Amount must be no more than {written}", "amount", "amount_too_large")


def _confirm(world: World, intent: JsonObject, method: JsonObject, *, off_session: bool) -> JsonObject | Stands:
    """Charge the method. One that asks for authentication can't when nobody is there (``off_session``)."""
    if method["type"] != "card" and not (off_session and method["customer"]):
        raise ApiError(f"The sandbox takes {method['type']} on its hosted page alone.", status=501)
    if not off_session and payment_method.asks(method):
        raise ApiError("The sandbox asks for authentication on its hosted page alone.", status=501)
    refusal = payment_method.refusal(world, method, attended=not off_session)
    charge = charges.add(world, intent, method, refusal)
    if refusal is None:
        intents.mark_succeeded(world, intent, charge)
        collection.intent_succeeded(world, intent)
        if intent["setup_future_usage"] and intent["customer"]:
            payment_method.attach(world, method, intent["customer"])
        charges.book(world, charge)
        return intent
    intents.mark_failed(world, intent, refusal, method, charge)
    facts = {"charge": charge["id"], "payment_intent": intents.visible(intent)}
    return Stands(payment_method.error_of(refusal, **facts))
