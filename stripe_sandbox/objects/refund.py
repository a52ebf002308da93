"""Refunds: money given back, which can fail days later at the payer's bank."""

from stripe_sandbox import metadata, money
from stripe_sandbox.agenda import cancel as unschedule
from stripe_sandbox.agenda import happens_later, schedule
from stripe_sandbox.errors import ApiError, JsonObject, no_such
from stripe_sandbox.kinds import Call, Page, answers
from stripe_sandbox.listing import asked, page
from stripe_sandbox.objects import balance_transaction, dispute
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World


def give_back(
    world: World, charge: JsonObject, amount: int, *, reason: str | None = None, data: dict[str, str] | None = None
) -> JsonObject:
    """Refund ``amount`` minor units of a charge's currency; what is left was checked before."""
    pending = world.faults.strike("refund_pending")
    failing = world.faults.strike("refund_fails_later")
    kind = charge["payment_method_details"]["type"]
    refund = {
        "id": world.ids.new("refund" if kind == "card" else "payment_refund"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.now(),
        "currency": charge["currency"],
        "destination_details": {"type": kind, kind: _destination(kind)},
        "metadata": metadata.merged({}, data),
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded" if pending is None else "pending",
        "transfer_reversal": None,
    }
    world.store.add(refund)
    _book(world, refund, "refund" if kind == "card" else "payment_refund", -amount, "balance_transaction")
    _set_refunded(world, charge, charge["amount_refunded"] + amount)
    emit(world, "charge.refunded", charge, {"amount_refunded": charge["amount_refunded"] - amount})
    emit(world, "refund.created", refund)
    dispute.charge_went_back(world, charge)
    if pending is not None:
        schedule(world, "refund_succeeds", refund, at=_at(world, pending))
    else:
        emit(world, "refund.updated", refund, {})
    if failing is not None:
        schedule(world, "refund_fails", refund, at=_at(world, failing))
    return refund


def _at(world: World, options: JsonObject) -> int | None:
    return world.now() + int(options["seconds"]) if "seconds" in options else None


def _destination(kind: str) -> JsonObject:
    if kind != "card":
        return {}
    return {
        "reference": "4242424242424242424242",
        "reference_status": "available",
        "reference_type": "acquirer_reference_number",
        "type": "refund",
    }


def _book(world: World, refund: JsonObject, kind: str, amount: int, field: str) -> None:
    settled = balance_transaction.worth(world, abs(amount), refund["currency"])
    transaction = balance_transaction.add(
        world, kind, refund, settled if amount > 0 else -settled, description="REFUND FOR CHARGE"
    )
    world.store.change(refund, **{field: transaction["id"]})


def _set_refunded(world: World, charge: JsonObject, amount: int) -> None:
    world.store.change(charge, amount_refunded=amount, refunded=amount == charge["amount"])


@happens_later("refund_succeeds")
def _succeed(world: World, refund: JsonObject, _: JsonObject) -> None:
    if refund["status"] == "pending":
        world.store.change(refund, status="succeeded")
        emit(world, "refund.updated", refund, {"status": "pending"})


@happens_later("refund_fails")
def _fail(world: World, refund: JsonObject, _: JsonObject) -> None:
    if refund["status"] not in ("pending", "succeeded"):
        return
    unschedule(world, "refund_succeeds", refund)
    before = refund["status"]
    _take_back(world, refund, "failed", "expired_or_canceled_card")
    emit(world, "refund.updated", refund, {"status": before})
    emit(world, "refund.failed", refund)


def _take_back(world: World, refund: JsonObject, status: str, reason: str | None) -> None:
    """The money comes back to the account, with a balance transaction of its own."""
    charge = world.store.get("charge", refund["charge"])
    assert charge is not None
    is_card = charge["payment_method_details"]["type"] == "card"
    world.store.change(refund, status=status)
    if reason is not None:
        world.store.change(refund, failure_reason=reason)
    kind = "refund_failure" if is_card else "payment_failure_refund"
    _book(world, refund, kind, refund["amount"], "failure_balance_transaction")
    _set_refunded(world, charge, charge["amount_refunded"] - refund["amount"])


def _charge_of(call: Call) -> JsonObject:
    params, store = call.params, call.world.store
    if "charge" in params:
        charge = store.get("charge", params["charge"])
        if charge is None:
            raise no_such("charge", params["charge"], param="charge", in_path=False)
        return charge
    if "payment_intent" not in params:
        raise ApiError(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    intent = store.get("payment_intent", params["payment_intent"])
    if intent is None:
        raise no_such("payment_intent", params["payment_intent"], param="payment_intent", in_path=False)
    charge = store.get("charge", intent["latest_charge"] or "")
    if charge is None or charge["status"] != "succeeded":
        raise ApiError(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
            param="payment_intent",
        )
    return charge


@answers("POST", "/v1/refunds")
def create_refund(call: Call) -> JsonObject:
    """Refund a charge, or what is left of it."""
    for name in ("customer", "origin", "refund_application_fee", "reverse_transfer"):
        if call.params.get(name):
            raise ApiError(f"The sandbox has no refunds with {name}.", status=501, param=name)
    charge = _charge_of(call)
    if charge["status"] != "succeeded":
        raise ApiError(f"Charge {charge['id']} has not succeeded and cannot be refunded.", param="charge")
    dispute.block_refund(call.world, charge)
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise ApiError(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded", param="charge"
        )
    amount = call.params.get("amount", left)
    if amount < 1:
        raise ApiError(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    if amount > left:
        asked, rest = (money.written(each, charge["currency"]) for each in (amount, left))
        raise ApiError(
            f"Refund amount ({asked}) is greater than unrefunded amount on charge ({rest})",
            code="amount_too_large",
            param="amount",
        )
    return give_back(call.world, charge, amount, reason=call.params.get("reason"), data=call.params.get("metadata"))


@answers("GET", "/v1/refunds")
def list_refunds(call: Call) -> Page:
    """Refunds by charge, payment intent and time."""
    params = call.params
    return page(
        call,
        "refund",
        url="/v1/refunds",
        where=lambda each: all(each[name] == params[name] for name in ("charge", "payment_intent") if name in params),
        among=asked(params, "charge", "payment_intent"),
    )


@answers("GET", "/v1/refunds/{}")
def retrieve_refund(call: Call) -> JsonObject:
    """One refund."""
    return call.own("refund", "refund")


@answers("POST", "/v1/refunds/{}")
def update_refund(call: Call) -> JsonObject:
    """Change a refund's metadata."""
    refund = call.own("refund", "refund")
    before = {"metadata": refund["metadata"]}
    call.world.store.change(refund, metadata=metadata.merged(refund["metadata"], call.params.get("metadata")))
    emit(call.world, "refund.updated", refund, before)
    return refund


@answers("POST", "/v1/refunds/{}/cancel")
def cancel_refund(call: Call) -> JsonObject:
    """Cancel a refund; only one that waits for the customer's details can be, and none here does."""
    refund = call.own("refund", "refund")
    raise ApiError(f"You cannot cancel a refund with a status of {refund['status']}.", param="refund")
