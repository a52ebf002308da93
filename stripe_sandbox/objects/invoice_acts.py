"""What a caller does to an invoice: finalise, pay, void it, write it off, or look at the next one."""

from stripe_sandbox import collection, renewal
from stripe_sandbox.cards import AUTHENTICATION_REQUIRED
from stripe_sandbox.errors import ApiError, JsonObject, missing, no_such
from stripe_sandbox.kinds import Call, Stands, answers
from stripe_sandbox.objects import invoice as invoices
from stripe_sandbox.objects import invoice_line, payment_method
from stripe_sandbox.objects import payment_intent as intents
from stripe_sandbox.objects import subscription as subscriptions
from stripe_sandbox.objects import subscription_item as items


def _needs(invoice: JsonObject, states: tuple[str, ...], verb: str) -> None:
    if invoice["status"] not in states:
        raise ApiError(
            f"You can't {verb} this invoice: its status is {invoice['status']}, not {' or '.join(states)}.",
            code="invoice_not_editable",
        )


@answers("POST", "/v1/invoices/{}/finalize")
def finalize_invoice(call: Call) -> JsonObject:
    """Open a draft for payment; with ``auto_advance`` it is tried within the hour, here: at the next tick."""
    invoice = call.own("invoice", "invoice")
    _needs(invoice, ("draft",), "finalize")
    with call.world.at_time_of(invoice):
        advances = call.params.get("auto_advance", invoice["auto_advance"])
        call.world.store.change(invoice, auto_advance=advances)
        collection.finalize(call.world, invoice)
        if advances and invoice["status"] == "open":
            collection.try_soon(call.world, invoice)
    return invoice


@answers("POST", "/v1/invoices/{}/pay")
def pay_invoice(call: Call) -> JsonObject | Stands:
    """Try to collect now, from the method that is named or else the kept one; nobody is there unless it is said."""
    world, params = call.world, call.params
    invoice = call.own("invoice", "invoice")
    for name in ("forgive", "paid_out_of_band", "source", "mandate"):
        if params.get(name):
            raise ApiError(f"The sandbox does not do {name} of invoices.", status=501, param=name)
    if invoice["status"] == "paid":
        raise ApiError("Invoice is already paid", code="invoice_already_paid")
    _needs(invoice, ("draft", "open", "uncollectible"), "pay")
    named = params.get("payment_method")
    method = payment_method.usable_by(world, named, invoice["customer"]) if named else None
    if method is not None and method["customer"] != invoice["customer"]:
        raise no_such("PaymentMethod", method["id"], param="payment_method", in_path=False)
    with world.at_time_of(invoice):
        if invoice["status"] == "draft":
            collection.finalize(world, invoice)
        if invoice["status"] == "paid":
            return invoice
        attended = not params.get("off_session", True)
        refusal, charge = collection.attempt(world, invoice, attended=attended, method=method)
    if refusal is None:
        return invoice
    intent = collection.intent_of(world, invoice)
    asks = refusal is AUTHENTICATION_REQUIRED
    facts: JsonObject = {"payment_intent": intents.visible(intent)} if intent else {}
    if charge is not None:
        facts["charge"] = charge["id"]
    return Stands(
        ApiError(
            refusal.message,
            status=402,
            kind=refusal.kind,
            code="invoice_payment_intent_requires_action" if asks else refusal.code,
            decline_code=refusal.decline_code,
            **facts,
        )
    )


@answers("POST", "/v1/invoices/{}/void")
def void_invoice(call: Call) -> JsonObject:
    """Nothing is owed by it any more, as if it had never been."""
    invoice = call.own("invoice", "invoice")
    _needs(invoice, ("open", "uncollectible"), "void")
    with call.world.at_time_of(invoice):
        collection.give_up(call.world, invoice, "void")
        subscription = collection.subscription_of(call.world, invoice)
        if subscription["status"] == "incomplete" and subscription["latest_invoice"] == invoice["id"]:
            subscriptions.end(call.world, subscription, reason=None, status="incomplete_expired")
    return invoice


@answers("POST", "/v1/invoices/{}/mark_uncollectible")
def mark_uncollectible(call: Call) -> JsonObject:
    """It is owed, and won't be paid."""
    invoice = call.own("invoice", "invoice")
    _needs(invoice, ("open", "draft"), "mark as uncollectible")
    with call.world.at_time_of(invoice):
        if invoice["status"] == "draft":
            collection.finalize(call.world, invoice)
        if invoice["status"] == "open":
            collection.give_up(call.world, invoice, "uncollectible", why="user_forgiven")
    return invoice


@answers("POST", "/v1/invoices/create_preview")
def preview_invoice(call: Call) -> JsonObject:
    """The next invoice of a subscription as it is, without making it."""
    world = call.world
    for name in call.params:
        if name not in ("subscription", "customer", "expand"):
            raise ApiError(f"The sandbox does not preview {name}.", status=501, param=name)
    if "subscription" not in call.params:
        raise missing("subscription")
    subscription = world.store.get("subscription", call.params["subscription"])
    if subscription is None:
        raise no_such("subscription", call.params["subscription"], param="subscription", in_path=False)
    ends = subscription["cancel_at_period_end"] or subscription["status"] in ("paused", *subscriptions.ENDED)
    if ends:
        raise ApiError("No upcoming invoices for customer: " + subscription["customer"], code="invoice_upcoming_none")
    start, end = renewal.period(world, subscription)
    until = renewal.next_end(world, subscription, end)
    lines = [
        invoice_line.build(
            world,
            items.price_of(world, item),
            item["quantity"],
            items.amount(world, item),
            description=invoices.described(world, items.price_of(world, item), item["quantity"]),
            period=(end, until),
            item=item,
        )
        for item in items.of(world, subscription)
    ]
    return invoices.previewed(world, subscription, lines, period=(start, end))
