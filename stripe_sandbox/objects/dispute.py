"""Disputes: the payer's bank asks for a payment back, takes it, and in the end keeps it or returns it."""

from typing import Any

from stripe_sandbox import metadata, money
from stripe_sandbox.agenda import cancel_all, happens_later, schedule
from stripe_sandbox.errors import ApiError, JsonObject, invalid
from stripe_sandbox.kinds import Call, Page, answers, presents
from stripe_sandbox.listing import asked, page
from stripe_sandbox.objects import balance_transaction
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

_URL = "/v1/disputes"
_DUE_AFTER = 9 * 86_400
#: What can still be answered, and what it becomes once it is.
_ANSWERED = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
_CLOSED = frozenset({"won", "lost", "warning_closed", "prevented"})
#: Disputes in which the money is gone, or may go: no refund any more.
BLOCKS_REFUNDS = frozenset({"needs_response", "under_review", "lost"})
REASONS = frozenset(
    {
        *(
            "bank_cannot_process",
            "check_returned",
            "credit_not_processed",
            "customer_initiated",
            "debit_not_authorized",
        ),
        *("duplicate", "fraudulent", "general", "incorrect_account_details", "insufficient_funds", "noncompliant"),
        *("product_not_received", "product_unacceptable", "subscription_canceled", "unrecognized"),
    }
)
#: Words in ``uncategorized_text`` that decide at once, as in Stripe's test mode.
_DECIDES = {"winning_evidence": "won", "losing_evidence": "lost"}


def open_dispute(
    world: World,
    charge: JsonObject,
    *,
    amount: int | None = None,
    reason: str = "fraudulent",
    inquiry: bool = False,
    fee: int = money.DISPUTE_FEE,
) -> JsonObject:
    """The payer's bank disputes a charge, or ``amount`` of it. An ``inquiry`` only asks, and takes nothing yet.

    Of a charge that went back already nothing is taken.
    """
    if reason not in REASONS:
        raise invalid(f"reason must be one of {', '.join(sorted(REASONS))}", "reason")
    left = charge["amount"] - charge["amount_refunded"]
    wanted = amount if amount is not None else left or charge["amount"]
    if not 0 < wanted <= charge["amount"]:
        raise invalid("amount must be positive and at most the charge's", "amount")
    dispute: JsonObject = {
        "id": world.ids.new("dispute"),
        "object": "dispute",
        "amount": wanted,
        "charge": charge["id"],
        "created": world.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        **_no_evidence(due_by=world.now() + _DUE_AFTER),
        "intended_submission_method": None,
        "livemode": False,
        "metadata": {},
        "network_reason_code": "10.4" if reason == "fraudulent" else "13.1",
        "payment_intent": charge["payment_intent"],
        "payment_method_details": _details(charge, inquiry=inquiry),
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
        "_fee": fee,
        "_transactions": [],
    }
    world.store.add(dispute)
    world.store.change(charge, disputed=True)
    emit(world, "charge.dispute.created", dispute)
    if not inquiry:
        _withdraw(world, dispute, min(wanted, left))
    schedule(world, "dispute_due", dispute, at=dispute["evidence_details"]["due_by"])
    return dispute


def _no_evidence(*, due_by: int) -> JsonObject:
    details = {"due_by": due_by, "enhanced_eligibility": {}, "has_evidence": False, "past_due": False}
    return {
        "evidence": {"enhanced_evidence": {}, "uncategorized_text": None},
        "evidence_details": {**details, "submission_count": 0, "submission_method": "not_submitted"},
    }


def _details(charge: JsonObject, *, inquiry: bool) -> JsonObject | None:
    card = charge["payment_method_details"].get("card")
    if card is None:
        return None
    facts = {"brand": card["brand"], "case_type": "inquiry" if inquiry else "chargeback", "network": card["brand"]}
    return {"type": "card", "card": {**facts, "network_reason_code": None}}


def _withdraw(world: World, dispute: JsonObject, amount: int) -> None:
    if amount == 0:
        return
    worth = balance_transaction.worth(world, amount, dispute["currency"])
    _move(world, dispute, -worth, fee=dispute["_fee"], category="dispute", text="Chargeback withdrawal")
    world.store.change(dispute, _taken=amount)
    emit(world, "charge.dispute.funds_withdrawn", dispute)


def _move(world: World, dispute: JsonObject, amount: int, *, fee: int, category: str, text: str) -> None:
    transaction = balance_transaction.add(
        world, "adjustment", dispute, amount, fee=fee, description=f"{text} for {dispute['charge']}", category=category
    )
    world.store.change(transaction, available_on=world.now())
    world.store.change(dispute, _transactions=[*dispute["_transactions"], transaction["id"]])


@presents("dispute")
def _with_money(world: World, dispute: JsonObject) -> JsonObject:
    """Its balance transactions as they stand, and whether its charge can still go back by our own hand."""
    kept = world.store.get("dispute", dispute["id"])
    moved = [world.store.get("balance_transaction", each) for each in (kept or {}).get("_transactions", [])]
    shown = [{name: value for name, value in each.items() if name[0] != "_"} for each in moved if each is not None]
    now = world.now()
    for each in shown:
        each["status"] = "available" if each["available_on"] <= now else "pending"
    refundable = dispute["status"] not in BLOCKS_REFUNDS
    return {**dispute, "balance_transactions": shown, "is_charge_refundable": refundable}


def decide(
    world: World, dispute: JsonObject, outcome: str, *, amount: int | None = None, fee_back: bool = False
) -> JsonObject:
    """What the bank says in the end: ``won`` (all of it comes back, or ``amount``), ``lost``, ``closed`` or ``escalated``
    (the last two of an inquiry). ``fee_back``: the fee comes back, too.
    """
    inquires = dispute["status"].startswith("warning_")
    if dispute["status"] in _CLOSED or outcome not in (("closed", "escalated") if inquires else ("won", "lost")):
        raise ApiError(f"A dispute that is {dispute['status']} can't be {outcome}.", param="outcome")
    if outcome == "escalated":
        return _escalate(world, dispute)
    cancel_all(world, dispute)
    before = dispute["status"]
    if outcome == "won":
        _give_back(world, dispute, amount, fee_back=fee_back)
    world.store.change(dispute, status="warning_closed" if outcome == "closed" else outcome)
    emit(world, "charge.dispute.updated", dispute, {"status": before})
    emit(world, "charge.dispute.closed", dispute)
    return dispute


def _give_back(world: World, dispute: JsonObject, amount: int | None, *, fee_back: bool) -> None:
    taken = dispute.get("_taken", 0)
    if not taken:
        return
    returned = taken if amount is None else amount
    if not 0 < returned <= taken:
        raise invalid("amount must be positive and at most what was taken", "amount")
    worth = balance_transaction.worth(world, returned, dispute["currency"])
    fee = -dispute["_fee"] if fee_back else 0
    _move(world, dispute, worth, fee=fee, category="dispute_reversal", text="Chargeback reversal")
    emit(world, "charge.dispute.funds_reinstated", dispute)


def _escalate(world: World, dispute: JsonObject) -> JsonObject:
    """An inquiry that becomes a chargeback: now the money goes."""
    charge = world.store.get("charge", dispute["charge"])
    assert charge is not None
    before = dispute["status"]
    world.store.change(dispute, status="needs_response", payment_method_details=_details(charge, inquiry=False))
    emit(world, "charge.dispute.updated", dispute, {"status": before})
    _withdraw(world, dispute, min(dispute["amount"], charge["amount"] - charge["amount_refunded"]))
    return dispute


@happens_later("dispute_opens")
def _open_later(world: World, charge: JsonObject, facts: JsonObject) -> None:
    if not world.store.where("dispute", "charge", charge["id"]):
        open_dispute(world, charge, **facts)


@happens_later("dispute_due")
def _fall_due(world: World, dispute: JsonObject, _: JsonObject) -> None:
    """Nobody answered in time."""
    if dispute["status"] in _ANSWERED:
        world.store.change(dispute, evidence_details={**dispute["evidence_details"], "past_due": True})
        decide(world, dispute, "closed" if dispute["status"].startswith("warning_") else "lost")


def charge_went_back(world: World, charge: JsonObject) -> None:
    """All of a charge was refunded: an inquiry about it has nothing left to ask."""
    for dispute in world.store.where("dispute", "charge", charge["id"]):
        if charge["refunded"] and dispute["status"].startswith("warning_") and dispute["status"] not in _CLOSED:
            decide(world, dispute, "closed")


def block_refund(world: World, charge: JsonObject) -> None:
    """Raise ApiError when a dispute stands in the way of refunding a charge."""
    if any(each["status"] in BLOCKS_REFUNDS for each in world.store.where("dispute", "charge", charge["id"])):
        raise ApiError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
            param="charge",
        )


@answers("GET", _URL)
def list_disputes(call: Call) -> Page:
    """Disputes by charge, payment intent and time."""
    params = call.params
    names = ("charge", "payment_intent")
    return page(
        call,
        "dispute",
        url=_URL,
        where=lambda each: all(each[name] == params[name] for name in names if name in params),
        among=asked(params, *names),
    )


@answers("GET", _URL + "/{}")
def retrieve_dispute(call: Call) -> JsonObject:
    """One dispute."""
    return call.own("dispute", "dispute")


@answers("POST", _URL + "/{}")
def update_dispute(call: Call) -> JsonObject:
    """Give evidence, and submit it to the bank unless ``submit`` is false; or change the metadata."""
    world, params, dispute = call.world, call.params, call.own("dispute", "dispute")
    changes: JsonObject = {}
    if "metadata" in params:
        changes["metadata"] = metadata.merged(dispute["metadata"], params["metadata"])
    if "evidence" in params:
        if dispute["status"] not in _ANSWERED:
            raise ApiError(f"Cannot update dispute evidence: this dispute is {dispute['status']}.", param="evidence")
        given = {name: text or None for name, text in params["evidence"].items()}
        changes["evidence"] = {**dispute["evidence"], **given}
        changes["evidence_details"] = {**dispute["evidence_details"], "has_evidence": True}
    before = {name: dispute[name] for name in changes}
    world.store.change(dispute, **changes)
    if "evidence" in params and params.get("submit", True):
        _submit(world, dispute)
        return dispute
    emit(world, "charge.dispute.updated", dispute, before)
    return dispute


def _submit(world: World, dispute: JsonObject) -> None:
    details: Any = dispute["evidence_details"]
    before = dispute["status"]
    world.store.change(
        dispute,
        status=_ANSWERED[before],
        evidence_details={
            **details,
            "submission_count": details["submission_count"] + 1,
            "submission_method": "manual",
        },
    )
    emit(world, "charge.dispute.updated", dispute, {"status": before})
    text = dispute["evidence"].get("uncategorized_text") or ""
    outcome = next((outcome for word, outcome in _DECIDES.items() if word in text), None)
    if outcome is not None:
        inquires = dispute["status"].startswith("warning_")
        decide(world, dispute, "closed" if inquires else outcome)


@answers("POST", _URL + "/{}/close")
def close_dispute(call: Call) -> JsonObject:
    """Give the dispute up as lost, for good."""
    dispute = call.own("dispute", "dispute")
    if dispute["status"] not in _ANSWERED:
        raise ApiError(f"This dispute cannot be closed: it is {dispute['status']}.")
    return decide(call.world, dispute, "closed" if dispute["status"].startswith("warning_") else "lost")
