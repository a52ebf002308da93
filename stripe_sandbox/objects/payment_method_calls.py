"""The calls about payment methods: making one of a test card, changing it, keeping it for a customer or no more."""

import re
from typing import Any

from stripe_sandbox import cards, metadata
from stripe_sandbox.errors import ApiError, JsonObject, invalid, missing, no_such
from stripe_sandbox.kinds import Call, Page, answers
from stripe_sandbox.listing import page
from stripe_sandbox.objects import customer as customers
from stripe_sandbox.objects.event import emit
from stripe_sandbox.objects.payment_method import add_card, attach, detach, error_of, is_past, named, refusal
from stripe_sandbox.world import World

_UNDERSTOOD = {"type", "card", "billing_details", "metadata", "allow_redisplay", "expand"}


@answers("POST", "/v1/payment_methods")
def create_payment_method(call: Call) -> JsonObject:
    """A new method of a test card, told by its number or by its ``tok_...``."""
    world, params = call.world, call.params
    for name in params:
        if name not in _UNDERSTOOD:
            raise ApiError(f"The sandbox does not do {name} of payment methods.", status=501, param=name)
    if "type" not in params:
        raise missing("type")
    if params["type"] != "card":
        raise ApiError(f"The sandbox takes {params['type']} on its hosted pages alone.", status=501, param="type")
    card = params.get("card") or {}
    method = _of_token(world, card["token"]) if "token" in card else _of_number(world, card)
    details = _merged_details(method["billing_details"], params.get("billing_details", {}))
    shown_again = params.get("allow_redisplay", "unspecified")
    kept = metadata.merged({}, params.get("metadata"))
    return world.store.change(method, billing_details=details, allow_redisplay=shown_again, metadata=kept)


def _of_token(world: World, token: str) -> JsonObject:
    name = "pm_card_" + token.removeprefix("tok_")
    if name not in cards.PAYMENT_METHOD_NAMES:
        raise no_such("token", token, param="card[token]", in_path=False)
    return add_card(world, cards.PAYMENT_METHOD_NAMES[name])


def _of_number(world: World, card: dict[str, Any]) -> JsonObject:
    for name in ("number", "exp_month", "exp_year"):
        if name not in card:
            raise missing(f"card[{name}]")
    number = re.sub(r"[\s-]", "", card["number"])
    if number not in cards.CARDS:
        raise ApiError(
            "Your card number is not one of the test cards.",
            status=402,
            kind="card_error",
            code="incorrect_number",
            param="number",
        )
    _check_expiry(world, card["exp_month"], card["exp_year"])
    return add_card(world, number, (card["exp_month"], card["exp_year"]))


def _check_expiry(world: World, exp_month: int, exp_year: int) -> None:
    for name, value, wrong in (
        ("month", exp_month, not 1 <= exp_month <= 12),
        ("year", exp_year, exp_year > 2199 or is_past(world.now(), 12, exp_year)),
        ("month", exp_month, is_past(world.now(), exp_month, exp_year)),
    ):
        if wrong:
            raise ApiError(
                f"Your card's expiration {name} is invalid: {value}.",
                status=402,
                kind="card_error",
                code=f"invalid_expiry_{name}",
                param=f"exp_{name}",
            )


def _merged_details(present: JsonObject, sent: dict[str, Any]) -> JsonObject:
    changed = {name: value or None for name, value in sent.items() if name != "address"}
    address = {**present["address"], **(sent.get("address") or {})} if "address" in sent else present["address"]
    return {**present, **changed, "address": address}


@answers("GET", "/v1/payment_methods/{}")
def retrieve_payment_method(call: Call) -> JsonObject:
    """One payment method."""
    return call.own("payment_method", "PaymentMethod")


@answers("POST", "/v1/payment_methods/{}")
def update_payment_method(call: Call) -> JsonObject:
    """Change a kept method's date, its owner's details or its metadata."""
    world, params, method = call.world, call.params, call.own("payment_method", "PaymentMethod")
    _check_kept(method)
    card = params.get("card", {})
    if "networks" in card or "us_bank_account" in params:
        raise ApiError("The sandbox changes only the date of a card.", status=501, param="card")
    if card and method["type"] != "card":
        raise invalid(f"You cannot change `card` of a PaymentMethod of type {method['type']}.", "card")
    changes: JsonObject = {}
    if card:
        date = {name: card.get(name, method["card"][name]) for name in ("exp_month", "exp_year")}
        _check_expiry(world, **date)
        changes["card"] = {**method["card"], **date}
    if "billing_details" in params:
        changes["billing_details"] = _merged_details(method["billing_details"], params["billing_details"])
    if "metadata" in params:
        changes["metadata"] = metadata.merged(method["metadata"], params["metadata"])
    if "allow_redisplay" in params:
        changes["allow_redisplay"] = params["allow_redisplay"]
    before = {name: method[name] for name in changes if method[name] != changes[name]}
    world.store.change(method, **changes)
    emit(world, "payment_method.updated", method, before)
    return method


def _check_kept(method: JsonObject) -> None:
    if method["customer"] is None:
        raise ApiError(
            "You must save this PaymentMethod to a customer before you can update it.",
            code="payment_method_unexpected_state",
        )


@answers("POST", "/v1/payment_methods/{}/attach")
def attach_payment_method(call: Call) -> JsonObject:
    """Keep a method for a customer, after the bank was asked about it."""
    world, params = call.world, call.params
    if "customer" not in params:
        raise missing("customer")
    customer = customers.named(world, params["customer"])
    # The address may name one of Stripe's test cards instead of a method that exists.
    identifier = call.ids[0]
    known = identifier in cards.PAYMENT_METHOD_NAMES
    method = named(world, identifier) if known else call.own("payment_method", "PaymentMethod")
    if method.get("_detached") or method["customer"] not in (None, customer["id"]):
        raise ApiError(
            "This PaymentMethod was previously used or detached from a Customer, and may not be used again."
            if method.get("_detached")
            else "The payment method you provided has already been attached to a customer.",
            code="payment_method_unexpected_state",
        )
    declined = refusal(world, method, attended=True)
    if declined is not None:
        raise error_of(declined)
    attach(world, method, customer["id"])
    return method


@answers("POST", "/v1/payment_methods/{}/detach")
def detach_payment_method(call: Call) -> JsonObject:
    """Keep a method for nobody any more."""
    method = call.own("payment_method", "PaymentMethod")
    if method["customer"] is None:
        raise ApiError(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            code="payment_method_unexpected_state",
        )
    detach(call.world, method)
    return method


@answers("GET", "/v1/payment_methods")
def list_payment_methods(call: Call) -> Page:
    """What is kept for a customer; of nobody's there is no list."""
    return _kept_for(call, call.params.get("customer"), "/v1/payment_methods")


@answers("GET", "/v1/customers/{}/payment_methods")
def list_of_customer(call: Call) -> Page:
    """What is kept for the customer that the address names."""
    customer = call.own("customer", "customer")
    return _kept_for(call, customer["id"], f"/v1/customers/{customer['id']}/payment_methods")


@answers("GET", "/v1/customers/{}/payment_methods/{}")
def retrieve_of_customer(call: Call) -> JsonObject:
    """One method that is kept for the customer that the address names."""
    call.own("customer", "customer")
    method = call.own("payment_method", "PaymentMethod", 1)
    if method["customer"] != call.ids[0]:
        raise no_such("PaymentMethod", method["id"])
    return method


def _kept_for(call: Call, customer: str | None, url: str) -> Page:
    params = call.params
    if customer is not None and call.world.store.get("customer", customer) is None:
        raise no_such("customer", customer, param="customer", in_path=False)

    def is_asked_for(method: JsonObject) -> bool:
        return all(method[name] == params[name] for name in ("type", "allow_redisplay") if name in params)

    # Nobody's name is the name of no customer: of methods that are kept for nobody there is no list.
    return page(call, "payment_method", url=url, where=is_asked_for, among=("customer", customer or ""))
