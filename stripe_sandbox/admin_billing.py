"""The admin address's part on subscriptions: settings, what cards do from now on, the payer's answer, and the books."""

from dataclasses import asdict
from typing import Any

from stripe_sandbox import agenda, cards, collection, dunning, renewal
from stripe_sandbox.agenda import happens_later, schedule
from stripe_sandbox.errors import ApiError, JsonObject, invalid, no_such
from stripe_sandbox.expand import present
from stripe_sandbox.objects import invoice_payment, payment_method
from stripe_sandbox.objects import subscription as subscriptions
from stripe_sandbox.world import World


def billing(world: World, sent: JsonObject) -> JsonObject:
    """The settings of renewals and retries, changed by what is sent; see ``stripe_sandbox.dunning.Billing``.

    ``events_kept_days`` forgets events that are older; Stripe lists those of 30 days.
    """
    with world.lock:
        if "events_kept_days" in sent:
            world.settings.events_kept_days = sent.pop("events_kept_days")
        settings = dunning.change(world, sent) if sent else asdict(dunning.billing(world))
        return {**settings, "events_kept_days": world.settings.events_kept_days}


def change_method(world: World, identifier: str, sent: JsonObject) -> JsonObject:
    """From now on, or from ``at`` on, a kept card does what the test card ``card`` does, or has another date.

    ``automatically`` tells it as the card networks' own update. The date is ``exp_month`` and ``exp_year``.
    """
    with world.act():
        method = world.store.get("payment_method", identifier)
        if method is None:
            raise no_such("PaymentMethod", identifier)
        number = sent.get("card")
        if number is not None and number not in cards.CARDS:
            raise invalid("card must be the number of a test card", "card")
        if ("exp_month" in sent) != ("exp_year" in sent):
            raise invalid("exp_month and exp_year go together", "exp_month")
        at = sent.get("at")
        if at is not None:
            schedule(world, "method_changes", method, at=at, **{name: sent[name] for name in sent if name != "at"})
        else:
            _change_method(world, method, sent)
        return present(world, method, [])


@happens_later("method_changes")
def _change_method(world: World, method: JsonObject, facts: JsonObject) -> None:
    if "card" in facts:
        world.store.change(method, _behaviour=cards.CARDS[facts["card"]].behaviour.name)
    if "exp_month" in facts:
        is_automatic = bool(facts.get("automatically"))
        payment_method.renew(world, method, facts["exp_month"], facts["exp_year"], automatically=is_automatic)


def renew(world: World, identifier: str, sent: JsonObject) -> JsonObject:
    """Move the sandbox's clock to a subscription's next renewal and on to its charge, and let it stand there."""
    with world.lock:
        subscription = world.store.get("subscription", identifier)
        if subscription is None:
            raise no_such("subscription", identifier)
        if subscription["test_clock"]:
            raise ApiError("This subscription lives by a test clock: advance that.")
        if subscription["status"] in (*subscriptions.ENDED, "paused"):
            raise ApiError(f"This subscription does not renew: it is {subscription['status']}.")
        at = renewal.period(world, subscription)[1] + dunning.billing(world).finalizes_after
        world.move_clock(now=max(at, world.now()), stopped=True)
        agenda.run_due(world)
        return {"now": world.now(), "subscription": present(world, subscription, ["latest_invoice"])}


def authenticate(world: World, identifier: str, sent: JsonObject) -> JsonObject:
    """The payer answers the bank's question about an invoice that waits for it: ``outcome`` approve or refuse."""
    outcome = sent.get("outcome", "approve")
    if outcome not in ("approve", "refuse"):
        raise invalid("outcome must be approve or refuse", "outcome")
    with world.act():
        invoice = world.store.get("invoice", identifier)
        if invoice is None:
            raise no_such("invoice", identifier)
        with world.at_time_of(invoice):
            intent = collection.intent_of(world, invoice)
            if invoice["status"] != "open" or intent is None or intent["status"] != "requires_action":
                raise ApiError("This invoice waits for no authentication.")
            collection.authenticate(world, invoice, approve=outcome == "approve")
        return present(world, invoice, [])


def books(world: World, sent: JsonObject) -> JsonObject:
    """What the sandbox itself has booked: paid invoices by subscription, and the sum of all balance transactions.

    ``subscription`` narrows the invoices to one. All sums are minor units; ``balance`` and ``fees`` grosze. Times are
    seconds since the epoch.
    """
    with world.lock:
        transactions = list(world.store.all("balance_transaction"))
        chosen = sent.get("subscription")
        kept = [world.store.get("subscription", chosen)] if chosen else world.store.all("subscription")
        subscriptions = {each["id"]: _of_subscription(world, each) for each in kept if each is not None}
        return {
            "balance": sum(each["net"] for each in transactions),
            "fees": sum(each["fee"] for each in transactions),
            "transactions": len(transactions),
            "subscriptions": subscriptions,
        }


def _of_subscription(world: World, subscription: JsonObject) -> JsonObject:
    paid = [
        _of_invoice(world, invoice)
        for invoice in world.store.where("invoice", "_subscription", subscription["id"])
        if invoice["status"] == "paid"
    ]
    plain = ("customer", "status", "metadata", "canceled_at", "ended_at")
    return {**{name: subscription[name] for name in plain}, "paid": paid}


def _of_invoice(world: World, invoice: JsonObject) -> JsonObject:
    payment = invoice_payment.of(world, invoice)
    intent: Any = world.store.find(payment["_intent"]) if payment else None
    charge: Any = world.store.find(intent["latest_charge"]) if intent else None
    return {
        "invoice": invoice["id"],
        "amount": invoice["amount_paid"],
        "currency": invoice["currency"],
        "period_start": invoice["_lines"][0]["period"]["start"],
        "period_end": invoice["_lines"][0]["period"]["end"],
        "paid_at": invoice["status_transitions"]["paid_at"],
        "metadata": invoice["_snapshot"],
        "payment_intent": intent["id"] if intent else None,
        "charge": charge["id"] if charge else None,
        "refunded": charge["amount_refunded"] if charge else 0,
        "balance_transaction": charge["balance_transaction"] if charge else None,
    }
