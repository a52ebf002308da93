"""Invoice payments: which payment intent pays which invoice."""

from stripe_sandbox.errors import JsonObject
from stripe_sandbox.kinds import Call, Page, answers, includes, presents, shown
from stripe_sandbox.listing import page
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World


def add(world: World, invoice: JsonObject, intent: JsonObject) -> JsonObject:
    """The payment that an invoice waits for."""
    payment = {
        "id": world.ids.new("invoice_payment"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "created": world.now(),
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "status": "open",
        "_canceled_at": None,
        "_intent": intent["id"],
        "_paid_at": None,
    }
    return world.store.add(payment)


def of(world: World, invoice: JsonObject) -> JsonObject | None:
    """The payment of an invoice; None where nothing is due."""
    found = world.store.where("invoice_payment", "invoice", invoice["id"], newest_first=True)
    return found[0] if found else None


def mark_paid(world: World, payment: JsonObject) -> None:
    """The money was taken."""
    world.store.change(payment, status="paid", amount_paid=payment["amount_requested"], _paid_at=world.now())
    emit(world, "invoice_payment.paid", payment)


def cancel(world: World, payment: JsonObject) -> None:
    """The invoice will not be paid by it."""
    world.store.change(payment, status="canceled", _canceled_at=world.now())


@presents("invoice_payment")
def _whole(world: World, payment: JsonObject) -> JsonObject:
    kept = world.store.find(payment["id"])
    assert kept is not None
    return {
        **payment,
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": kept["_intent"], "type": "payment_intent"},
        "status_transitions": {"canceled_at": kept["_canceled_at"], "paid_at": kept["_paid_at"]},
    }


@includes("invoice", "payments")
def _of_invoice(world: World, invoice: JsonObject) -> JsonObject:
    payments = world.store.where("invoice_payment", "invoice", invoice["id"], newest_first=True)
    data = [shown(world, each) for each in payments[:10]]
    return {
        "object": "list",
        "data": data,
        "has_more": len(payments) > 10,
        "url": f"/v1/invoice_payments?invoice={invoice['id']}",
    }


@answers("GET", "/v1/invoice_payments")
def list_invoice_payments(call: Call) -> Page:
    """Invoice payments by invoice, payment intent, state and time."""
    params = call.params
    asked = params.get("payment", {})

    def is_asked_for(payment: JsonObject) -> bool:
        same = all(payment[name] == params[name] for name in ("invoice", "status") if name in params)
        # Nothing is paid outside of payment intents here.
        of_kind = asked.get("type", "payment_intent") == "payment_intent"
        return same and of_kind and asked.get("payment_intent") in (None, payment["_intent"])

    intent = asked.get("payment_intent")
    among = ("_intent", intent) if intent else ("invoice", params.get("invoice"))
    return page(call, "invoice_payment", url="/v1/invoice_payments", where=is_asked_for, among=among)


@answers("GET", "/v1/invoice_payments/{}")
def retrieve_invoice_payment(call: Call) -> JsonObject:
    """One invoice payment."""
    return call.own("invoice_payment", "invoice_payment")
