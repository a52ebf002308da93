"""Payment intents: a sum that is to be paid, through as many attempts as it takes."""

from typing import Any

from stripe_sandbox import metadata
from stripe_sandbox.cards import Refusal
from stripe_sandbox.errors import ApiError, JsonObject
from stripe_sandbox.kinds import Call, Page, answers
from stripe_sandbox.listing import asked, page
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

#: States from which a payment intent can still be cancelled.
_CANCELLABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action", "processing")


def _blank() -> JsonObject:
    """The fields that every new intent has alike."""
    return {
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "customer_account": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "processing": None,
        "review": None,
        "shipping": None,
        "source": None,
        "status": "requires_payment_method",
        "transfer_data": None,
    }


def add(
    world: World,
    *,
    amount: int,
    currency: str,
    methods: list[str],
    customer: str | None = None,
    data: dict[str, Any] | None = None,
) -> JsonObject:
    """A new payment intent, with what ``payment_intent_data`` says about it."""
    data = data or {}
    identifier = world.ids.new("payment_intent")
    intent: JsonObject = {
        **_blank(),
        "id": identifier,
        "object": "payment_intent",
        "amount": amount,
        "client_secret": f"{identifier}_secret_{world.ids.new('client_secret')}",
        "created": world.now(),
        "currency": currency,
        "customer": customer,
        "description": data.get("description"),
        "metadata": metadata.merged({}, data.get("metadata")),
        "payment_method_types": methods,
        "receipt_email": data.get("receipt_email"),
        "setup_future_usage": data.get("setup_future_usage"),
        "statement_descriptor": data.get("statement_descriptor"),
        "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
        "transfer_group": data.get("transfer_group"),
    }
    world.store.add(intent)
    emit(world, "payment_intent.created", intent)
    return intent


def mark_succeeded(world: World, intent: JsonObject, charge: JsonObject) -> None:
    """The money was taken."""
    world.store.change(
        intent,
        status="succeeded",
        amount_received=charge["amount"],
        last_payment_error=None,
        latest_charge=charge["id"],
        next_action=None,
        payment_method=charge["payment_method"],
        processing=None,
    )
    emit(world, "payment_intent.succeeded", intent)


def mark_failed(
    world: World, intent: JsonObject, refusal: Refusal, method: JsonObject, charge: JsonObject | None
) -> None:
    """The attempt came to nothing; another may follow."""
    error = {
        "code": refusal.code,
        "doc_url": f"https://docs.stripe.com/error-codes#{refusal.code.replace('_', '-')}",
        "message": refusal.message,
        "payment_method": dict(visible(method)),
        "type": refusal.kind,
    }
    if charge is not None:
        error["charge"] = charge["id"]
    if refusal.decline_code:
        error["decline_code"] = refusal.decline_code
    world.store.change(
        intent,
        status="requires_payment_method",
        last_payment_error=error,
        latest_charge=charge["id"] if charge else intent["latest_charge"],
        next_action=None,
        payment_method=None,
        processing=None,
    )
    emit(world, "payment_intent.payment_failed", intent)


def mark_waiting(world: World, intent: JsonObject, method: JsonObject, next_action: JsonObject) -> None:
    """The payer has to do something first: authenticate, confirm in the bank's app, sign in at the bank."""
    world.store.change(intent, status="requires_action", next_action=next_action, payment_method=method["id"])
    emit(world, "payment_intent.requires_action", intent)


def mark_processing(world: World, intent: JsonObject) -> None:
    """The bank will say later whether it paid."""
    world.store.change(intent, status="processing", next_action=None, processing=None)
    emit(world, "payment_intent.processing", intent)


def cancel(world: World, intent: JsonObject, reason: str | None) -> None:
    """End an intent that was not paid."""
    world.store.change(intent, status="canceled", canceled_at=world.now(), cancellation_reason=reason, next_action=None)
    emit(world, "payment_intent.canceled", intent)


def visible(obj: JsonObject) -> JsonObject:
    """The object without the sandbox's own fields."""
    return {name: value for name, value in obj.items() if name[0] != "_"}


@answers("GET", "/v1/payment_intents")
def list_payment_intents(call: Call) -> Page:
    """Payment intents by customer and time."""
    return page(call, "payment_intent", url="/v1/payment_intents", among=asked(call.params, "customer"))


@answers("GET", "/v1/payment_intents/{}")
def retrieve_payment_intent(call: Call) -> JsonObject:
    """One payment intent."""
    return call.own("payment_intent", "payment_intent")


@answers("POST", "/v1/payment_intents/{}")
def update_payment_intent(call: Call) -> JsonObject:
    """Change what an intent says about itself; its sum only while it is unpaid."""
    intent = call.own("payment_intent", "payment_intent")
    supported = {"description", "metadata", "receipt_email", "expand"}
    for name in call.params:
        if name not in supported:
            raise ApiError(f"The sandbox cannot change {name} of a payment intent.", status=501, param=name)
    texts = ("description", "receipt_email")
    changes: JsonObject = {name: call.params[name] or None for name in texts if name in call.params}
    if "metadata" in call.params:
        changes["metadata"] = metadata.merged(intent["metadata"], call.params["metadata"])
    return call.world.store.change(intent, **changes)


@answers("POST", "/v1/payment_intents/{}/cancel")
def cancel_payment_intent(call: Call) -> JsonObject:
    """Cancel an intent that was not paid."""
    intent = call.own("payment_intent", "payment_intent")
    if intent["status"] not in _CANCELLABLE:
        raise ApiError(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
            "with one of the following statuses may be canceled: requires_payment_method, requires_capture, "
            "requires_confirmation, requires_action, processing.",
            code="payment_intent_unexpected_state",
            payment_intent=visible(intent),
        )
    if call.world.store.where("invoice_payment", "_intent", intent["id"]):
        raise ApiError(
            "You cannot cancel this PaymentIntent because it was created by an Invoice. To cancel it, void the Invoice.",
            code="payment_intent_unexpected_state",
        )
    cancel(call.world, intent, call.params.get("cancellation_reason"))
    return intent
