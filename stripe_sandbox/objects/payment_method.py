"""Payment methods: what a payer used, as far as it may be known afterwards, and may keep for later."""

import datetime
import hashlib
from typing import Any

from stripe_sandbox import cards
from stripe_sandbox.cards import Behaviour, Refusal
from stripe_sandbox.errors import ApiError, JsonObject, invalid, no_such
from stripe_sandbox.objects import customer as customers
from stripe_sandbox.objects import mandate
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
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
