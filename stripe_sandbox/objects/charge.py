"""Charges: one attempt to take money, that succeeded or failed."""

from stripe_sandbox import metadata, money
from stripe_sandbox.agenda import happens_later, schedule
from stripe_sandbox.cards import CARDS, Behaviour, Refusal
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.kinds import Call, Page, answers, includes
from stripe_sandbox.listing import asked, page
from stripe_sandbox.objects import balance_transaction, payment_method
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

#: What the payer's bank does later about a payment with some of the test cards: the job and its facts.
_AFTERWARDS: dict[str, tuple[str, JsonObject]] = {
    Behaviour.IS_DISPUTED.name: ("dispute_opens", {"reason": "fraudulent"}),
    Behaviour.IS_MISSED.name: ("dispute_opens", {"reason": "product_not_received"}),
    Behaviour.IS_ASKED_ABOUT.name: ("dispute_opens", {"inquiry": True}),
    Behaviour.IS_CALLED_FRAUD.name: ("fraud_is_reported", {}),
}
_AFTER_SECONDS = 3600


def _blank() -> JsonObject:
    """The fields that every new charge has alike."""
    return {
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "calculated_statement_descriptor": "SANDBOX",
        "disputed": False,
        "failure_balance_transaction": None,
        "fraud_details": {},
        "livemode": False,
        "on_behalf_of": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "transfer_data": None,
        "transfer_group": None,
    }


def add(world: World, intent: JsonObject, method: JsonObject, refusal: Refusal | None = None) -> JsonObject:
    """The charge of a payment intent with a payment method: succeeded, or failed with a refusal.

    Its event is sent; its balance transaction comes after, with ``book``.
    """
    succeeded = refusal is None
    amount = intent["amount"]
    charge = {
        **_blank(),
        "id": world.ids.new("charge" if method["type"] == "card" else "payment"),
        "object": "charge",
        "amount": amount,
        "amount_captured": amount if succeeded else 0,
        "billing_details": method["billing_details"],
        "captured": succeeded,
        "created": world.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "failure_code": None if refusal is None else refusal.code,
        "failure_message": None if refusal is None else refusal.message,
        "metadata": dict(intent["metadata"]),
        "outcome": _outcome(refusal),
        "paid": succeeded,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": payment_method.used_in_charge(method, amount),
        "receipt_email": intent["receipt_email"],
        "status": "succeeded" if succeeded else "failed",
    }
    world.store.add(charge)
    emit(world, "charge.succeeded" if succeeded else "charge.failed", charge)
    if succeeded and method.get("_behaviour") in _AFTERWARDS:
        job, facts = _AFTERWARDS[method["_behaviour"]]
        schedule(world, job, charge, at=world.now() + _AFTER_SECONDS, **facts)
    return charge


def _outcome(refusal: Refusal | None) -> JsonObject:
    facts: JsonObject = {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }
    if refusal is not None:
        facts.update(
            network_status="declined_by_network",
            reason=refusal.decline_code or refusal.code,
            seller_message="The bank did not return any further details with this decline.",
            type="issuer_declined",
        )
    return facts


def book(world: World, charge: JsonObject) -> None:
    """Give a charge its balance transaction, now or later when a fault says so."""
    late = world.faults.strike("late_balance_transaction")
    if late is None:
        _book(world, charge, {})
    else:
        at = world.now() + int(late["seconds"]) if "seconds" in late else None
        schedule(world, "balance_transaction", charge, at=at)


@happens_later("balance_transaction")
def _book(world: World, charge: JsonObject, _: JsonObject) -> None:
    kind = charge["payment_method_details"]["type"]
    amount = balance_transaction.worth(world, charge["amount"], charge["currency"])
    transaction = balance_transaction.add(
        world,
        "charge" if kind == "card" else "payment",
        charge,
        amount,
        fee=money.FEES[kind].of(amount),
        description=charge["description"],
    )
    world.store.change(charge, balance_transaction=transaction["id"])
    emit(world, "charge.updated", charge, {"balance_transaction": None})


def behaviour_of(number: str) -> str:
    """The name under which a payment method remembers what its card does."""
    return CARDS[number].behaviour.name


@answers("GET", "/v1/charges")
def list_charges(call: Call) -> Page:
    """Charges by customer, payment intent and time."""
    params = call.params
    return page(
        call,
        "charge",
        url="/v1/charges",
        where=lambda each: all(each[name] == params[name] for name in ("customer", "payment_intent") if name in params),
        among=asked(params, "payment_intent", "customer"),
    )


@answers("GET", "/v1/charges/{}")
def retrieve_charge(call: Call) -> JsonObject:
    """One charge."""
    return call.own("charge", "charge")


@answers("POST", "/v1/charges/{}")
def update_charge(call: Call) -> JsonObject:
    """Change what a charge says about itself."""
    charge = call.own("charge", "charge")
    texts = ("description", "receipt_email")
    changes: JsonObject = {name: call.params[name] or None for name in texts if name in call.params}
    if "metadata" in call.params:
        changes["metadata"] = metadata.merged(charge["metadata"], call.params["metadata"])
    before = {name: charge[name] for name in changes if charge[name] != changes[name]}
    call.world.store.change(charge, **changes)
    emit(call.world, "charge.updated", charge, before)
    return charge


@includes("charge", "refunds")
def _refunds(world: World, charge: JsonObject) -> JsonObject:
    refunds = world.store.where("refund", "charge", charge["id"], newest_first=True)
    url = f"/v1/charges/{charge['id']}/refunds"
    return {"object": "list", "data": refunds[:10], "has_more": len(refunds) > 10, "url": url}
