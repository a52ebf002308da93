"""Payment methods: what a payer used, as far as it may be known afterwards."""

import hashlib
from typing import Any

from stripe_sandbox import cards
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.kinds import Call, answers
from stripe_sandbox.world import World

_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def billing_details(email: str | None, name: str | None, country: str | None = None) -> JsonObject:
    """Who paid, as typed on the hosted page."""
    address = {**_NO_ADDRESS, "country": country}
    return {"address": address, "email": email, "name": name, "phone": None, "tax_id": None}


def add(world: World, kind: str, details: JsonObject, *, email: str | None, name: str | None) -> JsonObject:
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


@answers("GET", "/v1/payment_methods/{}")
def retrieve_payment_method(call: Call) -> JsonObject:
    """One payment method."""
    return call.own("payment_method", "PaymentMethod")
