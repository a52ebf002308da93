"""Setup intents: a payment method is to be kept for later, without paying now."""

from typing import Any

from stripe_sandbox import metadata
from stripe_sandbox.cards import SETUP_NOT_AUTHENTICATED, Refusal
from stripe_sandbox.errors import ApiError, JsonObject
from stripe_sandbox.kinds import Call, Page, Stands, answers
from stripe_sandbox.listing import page
from stripe_sandbox.methods import recurring
from stripe_sandbox.objects import customer, mandate, payment_method
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

_UNDERSTOOD = {
    *("allowed_payment_method_types", "automatic_payment_methods", "confirm", "customer", "description"),
    *("excluded_payment_method_types", "expand", "mandate_data", "metadata", "payment_method", "return_url", "usage"),
}
_CONFIRMABLE = ("requires_payment_method", "requires_confirmation")
_CANCELLABLE = (*_CONFIRMABLE, "requires_action", "processing")


def add(
    world: World,
    *,
    methods: list[str],
    customer_id: str | None = None,
    data: dict[str, Any] | None = None,
) -> JsonObject:
    """A new setup intent, with what ``setup_intent_data`` says about it."""
    data = data or {}
    identifier = world.ids.new("setup_intent")
    intent: JsonObject = {
        "id": identifier,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "cancellation_reason": None,
        "client_secret": f"{identifier}_secret_{world.ids.new('client_secret')}",
        "created": world.now(),
        "customer": customer_id,
        "customer_account": None,
        "description": data.get("description"),
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": metadata.merged({}, data.get("metadata")),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": methods,
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": data.get("usage", "off_session"),
    }
    world.store.add(intent)
    emit(world, "setup_intent.created", intent)
    return intent


def mark_succeeded(world: World, intent: JsonObject, method: JsonObject, acceptance: JsonObject | None = None) -> None:
    """The method may be charged from now on; it is kept for the intent's customer, if it has one."""
    agreed = mandate.add(world, method, acceptance)
    if intent["customer"]:
        payment_method.attach(world, method, intent["customer"])
    world.store.change(
        intent,
        status="succeeded",
        last_setup_error=None,
        mandate=agreed["id"],
        next_action=None,
        payment_method=method["id"],
    )
    emit(world, "setup_intent.succeeded", intent)


def mark_failed(world: World, intent: JsonObject, refusal: Refusal, method: JsonObject) -> None:
    """The bank did not agree; another method may follow."""
    error = {
        "code": refusal.code,
        "doc_url": f"https://docs.stripe.com/error-codes#{refusal.code.replace('_', '-')}",
        "message": refusal.message,
        "payment_method": visible(method),
        "type": refusal.kind,
    }
    if refusal.decline_code:
        error["decline_code"] = refusal.decline_code
    world.store.change(
        intent, status="requires_payment_method", last_setup_error=error, next_action=None, payment_method=None
    )
    emit(world, "setup_intent.setup_failed", intent)


def mark_waiting(world: World, intent: JsonObject, method: JsonObject, next_action: JsonObject) -> None:
    """The payer has to authenticate first."""
    world.store.change(intent, status="requires_action", next_action=next_action, payment_method=method["id"])
    emit(world, "setup_intent.requires_action", intent)


def cancel(world: World, intent: JsonObject, reason: str | None) -> None:
    """End an intent that kept nothing."""
    world.store.change(intent, status="canceled", cancellation_reason=reason, next_action=None)
    emit(world, "setup_intent.canceled", intent)


def visible(obj: JsonObject) -> JsonObject:
    """The object without the sandbox's own fields."""
    return {name: value for name, value in obj.items() if name[0] != "_"}


@answers("POST", "/v1/setup_intents")
def create_setup_intent(call: Call) -> JsonObject | Stands:
    """A new intent; with ``confirm`` it is tried at once."""
    world, params = call.world, call.params
    for name in params:
        if name not in _UNDERSTOOD:
            raise ApiError(f"The sandbox does not do {name} of setup intents.", status=501, param=name)
    payer = customer.named(world, params["customer"])["id"] if "customer" in params else None
    named: Any = params.get("payment_method")
    method = payment_method.usable_by(world, named, payer) if named else None
    if params.get("confirm") and method is None:
        raise _without_method()
    intent = add(world, methods=recurring(world, params, "SetupIntent"), customer_id=payer, data=params)
    if method is None:
        return intent
    world.store.change(intent, status="requires_confirmation", payment_method=method["id"])
    return _confirm(world, intent, method, params) if params.get("confirm") else intent


@answers("GET", "/v1/setup_intents")
def list_setup_intents(call: Call) -> Page:
    """Setup intents by customer, payment method and time."""
    params = call.params
    return page(
        call,
        "setup_intent",
        url="/v1/setup_intents",
        where=lambda each: params.get("payment_method") in (None, each["payment_method"]),
        among=("customer", params.get("customer")),
    )


@answers("GET", "/v1/setup_intents/{}")
def retrieve_setup_intent(call: Call) -> JsonObject:
    """One setup intent."""
    return call.own("setup_intent", "setupintent")


@answers("POST", "/v1/setup_intents/{}")
def update_setup_intent(call: Call) -> JsonObject:
    """Change what an intent says about itself."""
    intent = call.own("setup_intent", "setupintent")
    for name in call.params:
        if name not in ("description", "metadata", "expand"):
            raise ApiError(f"The sandbox cannot change {name} of a setup intent.", status=501, param=name)
    changes: JsonObject = {"description": call.params["description"]} if "description" in call.params else {}
    if "metadata" in call.params:
        changes["metadata"] = metadata.merged(intent["metadata"], call.params["metadata"])
    return call.world.store.change(intent, **changes)


@answers("POST", "/v1/setup_intents/{}/confirm")
def confirm_setup_intent(call: Call) -> JsonObject | Stands:
    """Try to keep the payment method that is named, now or before."""
    world, intent = call.world, call.own("setup_intent", "setupintent")
    if intent["status"] not in _CONFIRMABLE:
        raise _unexpected(intent, f"You cannot confirm this SetupIntent because it has a status of {intent['status']}.")
    named: Any = call.params.get("payment_method") or intent["payment_method"]
    if not named:
        raise _without_method()
    return _confirm(world, intent, payment_method.usable_by(world, named, intent["customer"]), call.params)


@answers("POST", "/v1/setup_intents/{}/cancel")
def cancel_setup_intent(call: Call) -> JsonObject:
    """Cancel an intent that kept nothing."""
    intent = call.own("setup_intent", "setupintent")
    if intent["status"] not in _CANCELLABLE:
        raise _unexpected(intent, f"You cannot cancel this SetupIntent because it has a status of {intent['status']}.")
    cancel(call.world, intent, call.params.get("cancellation_reason"))
    return intent


def _without_method() -> ApiError:
    return ApiError(
        "You cannot confirm this SetupIntent because it's missing a payment method.",
        code="setup_intent_unexpected_state",
        param="payment_method",
    )


def _unexpected(intent: JsonObject, message: str) -> ApiError:
    return ApiError(message, code="setup_intent_unexpected_state", setup_intent=visible(intent))


def _confirm(world: World, intent: JsonObject, method: JsonObject, params: dict[str, Any]) -> JsonObject | Stands:
    if payment_method.asks(method):
        # Nobody is there to authenticate: at Stripe the intent would wait for the payer, on a page of the shop's.
        raise ApiError("The sandbox asks for authentication on its hosted page alone.", status=501)
    refusal = payment_method.refusal(world, method, attended=True)
    if refusal is not None:
        mark_failed(world, intent, refusal, method)
        return Stands(payment_method.error_of(refusal, setup_intent=visible(intent)))
    agreed: Any = params.get("mandate_data") or {}
    mark_succeeded(world, intent, method, _acceptance(world, agreed.get("customer_acceptance")))
    return intent


def _acceptance(world: World, sent: dict[str, Any] | None) -> JsonObject | None:
    """What a call says of the payer's agreement. The payer's address is not kept."""
    if sent is None:
        return None
    online = {"online": {"ip_address": None, "user_agent": None}} if sent["type"] == "online" else {"offline": {}}
    return {"accepted_at": sent.get("accepted_at", world.now()), "type": sent["type"], **online}


def refuse_authentication(world: World, intent: JsonObject, method: JsonObject) -> Refusal:
    """The payer was asked by the bank and did not confirm."""
    mark_failed(world, intent, SETUP_NOT_AUTHENTICATED, method)
    return SETUP_NOT_AUTHENTICATED
