"""Payment methods: what a payer used, as far as it may be known afterwards, and may keep for later."""

import datetime
import hashlib
import re
from typing import Any

from stripe_sandbox import cards, metadata
from stripe_sandbox.cards import Behaviour, Refusal
from stripe_sandbox.errors import ApiError, JsonObject, invalid, missing, no_such
from stripe_sandbox.kinds import Call, Page, answers
from stripe_sandbox.listing import page
from stripe_sandbox.objects import customer as customers
from stripe_sandbox.objects import mandate
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
_UNDERSTOOD = {"type", "card", "billing_details", "metadata", "allow_redisplay", "expand"}
#: What the card behind a name of Stripe's expires in.
_EXPIRY_OF_NAMED = (12, 2049)


def billing_details(email: str | None, name: str | None, country: str | None = None) -> JsonObject:
    """Who paid, as typed on the hosted page."""
    address = {**_NO_ADDRESS, "country": country}
    return {"address": address, "email": email, "name": name, "phone": None, "tax_id": None}


def add(
    world: World,
    kind: str,
    details: JsonObject,
    *,
    email: str | None,
    name: str | None,
    behaviour: str = Behaviour.PAYS.name,
) -> JsonObject:
    """Keep what was used: a card, BLIK or P24."""
    method = {
        "id": world.ids.new("payment_method"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing_details(email, name, "PL" if kind == "card" else None),
        "created": world.now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
        kind: details,
        "_behaviour": behaviour,
    }
    return world.store.add(method)


def card_details(number: str, exp_month: int, exp_year: int) -> JsonObject:
    """A card without its number."""
    card = cards.CARDS[number]
    fingerprint = hashlib.sha256(number.encode()).hexdigest()[:16]
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "PL",
        "display_brand": card.brand,
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": fingerprint,
        "funding": "credit",
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def used_in_charge(method: JsonObject, amount: int) -> dict[str, Any]:
    """The method as a charge describes it."""
    kind = method["type"]
    details = dict(method[kind])
    if kind == "card":
        for name in ("display_brand", "generated_from", "networks", "three_d_secure_usage"):
            del details[name]
        details.update(
            amount_authorized=amount,
            authorization_code=None,
            extended_authorization={"status": "disabled"},
            incremental_authorization={"status": "unavailable"},
            installments=None,
            mandate=None,
            multicapture={"status": "unavailable"},
            network=details["brand"],
            network_token={"used": False},
            overcapture={"maximum_amount_capturable": amount, "status": "unavailable"},
            three_d_secure=None,
        )
    elif kind == "p24":
        details.update(reference=None, verified_name=None)
    return {"type": kind, kind: details}


def add_card(
    world: World,
    number: str,
    expiry: tuple[int, int] = _EXPIRY_OF_NAMED,
    *,
    email: str | None = None,
    name: str | None = None,
) -> JsonObject:
    """Keep a test card, with month and year of its expiry, and remember what it does."""
    behaviour = cards.CARDS[number].behaviour.name
    return add(world, "card", card_details(number, *expiry), email=email, name=name, behaviour=behaviour)


def is_past(now: int, exp_month: int, exp_year: int) -> bool:
    """Whether a card of this date has expired at this second: it is good to the end of its month, UTC."""
    today = datetime.datetime.fromtimestamp(now, datetime.UTC)
    return (exp_year, exp_month) < (today.year, today.month)


def refusal(world: World, method: JsonObject, *, attended: bool) -> Refusal | None:
    """Why charging the method would fail; None when it pays, which an attended one may do after authentication."""
    behaviour = Behaviour[method["_behaviour"]]
    card = method.get("card")
    if behaviour in cards.REFUSALS:
        return cards.REFUSALS[behaviour]
    if card is not None and is_past(world.now(), card["exp_month"], card["exp_year"]):
        return cards.REFUSALS[Behaviour.EXPIRED]
    if attended:
        return None
    if behaviour is Behaviour.FAILS_LATER:
        return cards.REFUSALS[Behaviour.DECLINES]
    if behaviour is Behaviour.ASKS:
        return cards.AUTHENTICATION_REQUIRED
    ended = mandate.of(world, method)
    return cards.MANDATE_ENDED if ended is not None and ended["status"] == "inactive" else None


def asks(method: JsonObject) -> bool:
    """Whether a payer who is there has to authenticate."""
    return Behaviour[method["_behaviour"]] in (Behaviour.ASKS, Behaviour.ASKS_ONCE)


def named(world: World, identifier: str, param: str = "payment_method") -> JsonObject:
    """The payment method of that id, or a new one of the test card of that name."""
    if identifier in cards.PAYMENT_METHOD_NAMES:
        return add_card(world, cards.PAYMENT_METHOD_NAMES[identifier])
    kept = world.store.get("payment_method", identifier)
    if kept is None:
        raise no_such("PaymentMethod", identifier, param=param, in_path=False)
    return kept


def usable_by(world: World, identifier: str, customer: str | None, param: str = "payment_method") -> JsonObject:
    """The payment method that is named, unless it is kept for somebody else."""
    method = named(world, identifier, param)
    if method["customer"] not in (None, customer):
        raise invalid(
            f"The payment method {method['id']} is attached to another customer than {customer}.",
            param,
            "payment_method_invalid_parameter",
        )
    return method


def attach(world: World, method: JsonObject, customer: str) -> None:
    """Keep the method for a customer."""
    if method["customer"] == customer:
        return
    world.store.change(method, customer=customer)
    emit(world, "payment_method.attached", method)


def detach(world: World, method: JsonObject) -> None:
    """Keep it for nobody any more; it can't be used again."""
    customer = world.store.get("customer", method["customer"])
    before = {"customer": method["customer"]}
    world.store.change(method, customer=None, _detached=True)
    if customer is not None and not customer.get("deleted"):
        customers.forget_default(world, customer, method["id"])
    mandate.end(world, method)
    emit(world, "payment_method.detached", method, before)


def renew(world: World, method: JsonObject, exp_month: int, exp_year: int, *, automatically: bool = False) -> None:
    """Give a card another date, as its owner does, or its network."""
    before = {"card": {name: method["card"][name] for name in ("exp_month", "exp_year")}}
    world.store.change(method, card={**method["card"], "exp_month": exp_month, "exp_year": exp_year})
    emit(world, f"payment_method.{'automatically_' if automatically else ''}updated", method, before)


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


def error_of(declined: Refusal, **facts: Any) -> ApiError:
    """The answer to a call that a bank declined."""
    return ApiError(
        declined.message,
        status=402,
        kind=declined.kind,
        code=declined.code,
        decline_code=declined.decline_code,
        **facts,
    )


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
