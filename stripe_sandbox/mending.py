"""What a payer does on the page of an invoice: pays it with the card that is kept or with another, authenticates."""

from stripe_sandbox import collection
from stripe_sandbox.cards import AUTHENTICATION_REQUIRED
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.objects import payment_method
from stripe_sandbox.objects import subscription as subscriptions
from stripe_sandbox.payer_form import Form, errors_in, method_of
from stripe_sandbox.paying import Outcome, Result
from stripe_sandbox.world import World


def can_be_paid(invoice: JsonObject) -> bool:
    """Whether there is something to pay."""
    return bool(invoice["status"] == "open")


def kept_for(world: World, invoice: JsonObject) -> JsonObject | None:
    """The method that the invoice is charged to by itself, as long as it is kept."""
    return collection.method_of(world, collection.subscription_of(world, invoice))


def waits(world: World, invoice: JsonObject) -> bool:
    """Whether the bank has a question that the payer has not answered."""
    intent = collection.intent_of(world, invoice)
    return can_be_paid(invoice) and intent is not None and intent["status"] == "requires_action"


def begin(world: World, invoice: JsonObject, form: Form | None) -> Outcome:
    """Try to pay with the card that was typed, or without a form with the one that is kept.

    A card that was typed is kept, and charged for the subscription from now on, once the bank has not refused it.
    """
    if not can_be_paid(invoice):
        return Outcome(Result.CLOSED)
    errors = errors_in(world, form, ["card"]) if form else {}
    if errors:
        return Outcome(Result.INVALID, errors)
    with world.act():
        method = None if form is None else method_of(world, form)
        if method is not None and payment_method.refusal(world, method, attended=True) is None:
            _keep(world, invoice, method)
        refusal, _ = collection.attempt(world, invoice, attended=True, method=method)
        if refusal is AUTHENTICATION_REQUIRED:
            return Outcome(Result.CHALLENGED)
        return Outcome(Result.PAID) if refusal is None else Outcome(Result.REFUSED, refusal=refusal)


def _keep(world: World, invoice: JsonObject, method: JsonObject) -> None:
    subscription = collection.subscription_of(world, invoice)
    payment_method.attach(world, method, invoice["customer"])
    if subscription["status"] not in subscriptions.ENDED:
        subscriptions.change(world, subscription, default_payment_method=method["id"])


def answer(world: World, invoice: JsonObject, *, approve: bool) -> Outcome:
    """What the payer says to the bank's question."""
    if not waits(world, invoice):
        return Outcome(Result.CLOSED)
    with world.act():
        refusal = collection.authenticate(world, invoice, approve=approve)
    return Outcome(Result.PAID) if refusal is None else Outcome(Result.REFUSED, refusal=refusal)
