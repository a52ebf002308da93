"""One attempt to get through a checkout session: its intent, to pay or to keep, and what comes of each outcome."""

from stripe_sandbox import recurrence
from stripe_sandbox.cards import NOT_AUTHENTICATED, Refusal
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.objects import charge as charges
from stripe_sandbox.objects import checkout_session as sessions
from stripe_sandbox.objects import line_item, mandate, payment_method
from stripe_sandbox.objects import payment_intent as payments
from stripe_sandbox.objects import setup_intent as setups
from stripe_sandbox.world import World


def intent_for(world: World, session: JsonObject, amount: int | None, currency: str | None) -> JsonObject:
    """The session's intent, made with the first attempt as Stripe does since 2022.

    ``amount`` and ``currency`` bend what is charged, for tests.
    """
    if session["mode"] == "setup":
        return _kept_intent(world, session)
    due = _due_now(world, session)
    if session["mode"] == "subscription" and not due and amount is None:
        return _intent_to_keep(world, session)
    intent = world.store.get("payment_intent", session["_intent"] or "")
    bent = amount is not None or currency is not None
    if intent is not None and intent["status"] not in ("succeeded", "canceled") and not bent:
        # A share of a month may be worth less at the second attempt than at the first.
        return intent if intent["amount"] == due else world.store.change(intent, amount=due)
    intent = payments.add(
        world,
        amount=due if amount is None else amount,
        currency=currency or session["currency"],
        methods=session["payment_method_types"],
        customer=session["customer"],
        data=_intent_data(session),
    )
    if session["status"] != "complete":
        # Only a session in payment mode shows its intent; a subscription's belongs to its invoice.
        shown = intent["id"] if session["mode"] == "payment" else None
        world.store.change(session, _intent=intent["id"], payment_intent=shown)
    return intent


def _kept_intent(world: World, session: JsonObject) -> JsonObject:
    intent = world.store.find(session["_intent"])
    assert intent is not None, session["id"]
    return intent


def _due_now(world: World, session: JsonObject) -> int:
    """What is due at this moment, noted on the session and its items."""
    if session["mode"] == "payment":
        return int(session["amount_total"])
    plan = recurrence.plan(world, session)
    if session["status"] == "open":
        items = [line_item.due(each, part) for each, part in zip(session["_line_items"], plan.parts, strict=True)]
        sums = {"amount_total": plan.due_now, "amount_subtotal": plan.due_now}
        # What is taken and when is settled now, though the payer may have to confirm first.
        world.store.change(session, **sums, _line_items=items, _anchor=plan.anchor, _trial_end=plan.trial_end)
    return plan.due_now


def _intent_to_keep(world: World, session: JsonObject) -> JsonObject:
    intent = world.store.get("setup_intent", session["_intent"] or "")
    if intent is not None and intent["status"] not in ("succeeded", "canceled"):
        return intent
    intent = setups.add(world, methods=session["payment_method_types"], customer_id=session["customer"])
    world.store.change(session, _intent=intent["id"])
    return intent


def _intent_data(session: JsonObject) -> JsonObject:
    if session["mode"] == "payment":
        data: JsonObject = session["_intent_data"]
        return data
    return {"description": "Subscription creation", "setup_future_usage": "off_session"}


def mark_waiting(world: World, intent: JsonObject, method: JsonObject, next_action: JsonObject) -> None:
    """The payer has to confirm first."""
    mark = setups.mark_waiting if intent["object"] == "setup_intent" else payments.mark_waiting
    mark(world, intent, method, next_action)


def fail(world: World, intent: JsonObject, method: JsonObject, refusal: Refusal, *, charged: bool) -> Refusal:
    """The attempt came to nothing; ``charged`` when the bank was asked for money. The refusal that is told."""
    if intent["object"] == "setup_intent":
        if refusal is NOT_AUTHENTICATED:
            return setups.refuse_authentication(world, intent, method)
        setups.mark_failed(world, intent, refusal, method)
        return refusal
    charge = charges.add(world, intent, method, refusal) if charged else None
    payments.mark_failed(world, intent, refusal, method, charge)
    return refusal


def succeed(world: World, intent: JsonObject, method: JsonObject) -> JsonObject | None:
    """The method is charged, and kept where that was asked for; the charge, or None when it was only kept."""
    if intent["object"] == "setup_intent":
        setups.mark_succeeded(world, intent, method)
        return None
    if intent["setup_future_usage"] and intent["customer"]:
        mandate.add(world, method)
        payment_method.attach(world, method, intent["customer"])
    charge = charges.add(world, intent, method)
    payments.mark_succeeded(world, intent, charge)
    return charge


def complete(world: World, session: JsonObject, intent: JsonObject, method: JsonObject) -> None:
    """The payer is through: the subscription begins, if there is to be one, and the session says so."""
    if session["mode"] != "subscription":
        status = "no_payment_required" if session["mode"] == "setup" else "paid"
        sessions.mark_complete(world, session, status=status)
        return
    paid = intent["object"] == "payment_intent"
    world.store.change(session, _paid_intent=intent["id"] if paid else None, _due_now=session["amount_total"])
    customer = world.store.get("customer", session["customer"])
    assert customer is not None
    # Subscriptions know of sessions, so they are looked up here and not at the top.
    from stripe_sandbox.objects import subscription_creation

    begun = subscription_creation.start_from_checkout(world, session, customer, method)
    status = "paid" if paid else "no_payment_required"
    facts = {"subscription": begun["id"], "invoice": begun["latest_invoice"]}
    sessions.mark_complete(world, session, status=status, **facts)
