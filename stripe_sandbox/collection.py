"""Collecting an invoice: it is finalised, charged to the kept payment method, and tried again when that fails."""

from stripe_sandbox import agenda, dunning
from stripe_sandbox.agenda import happens_later, schedule
from stripe_sandbox.cards import AUTHENTICATION_REQUIRED, NOT_AUTHENTICATED, Refusal
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.objects import charge as charges
from stripe_sandbox.objects import customer as customers
from stripe_sandbox.objects import invoice as invoices
from stripe_sandbox.objects import invoice_payment, payment_method
from stripe_sandbox.objects import payment_intent as intents
from stripe_sandbox.objects import subscription as subscriptions
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

NO_METHOD = Refusal(
    "invoice_payment_intent_requires_action",
    "This customer has no attached payment source or default payment method.",
    kind="invalid_request_error",
)
_DESCRIPTIONS = {"subscription_create": "Subscription creation", "subscription_cycle": "Subscription update"}


def subscription_of(world: World, invoice: JsonObject) -> JsonObject:
    """The subscription that an invoice is for."""
    subscription = world.store.get("subscription", invoice["_subscription"])
    assert subscription is not None
    return subscription


def method_of(world: World, subscription: JsonObject) -> JsonObject | None:
    """What a subscription is charged to: its own payment method, else its customer's."""
    own = world.store.get("payment_method", subscription["default_payment_method"] or "")
    if own is not None and own["customer"] == subscription["customer"]:
        return own
    customer = world.store.get("customer", subscription["customer"])
    return None if customer is None or customer.get("deleted") else customers.default_method(world, customer)


def intent_of(world: World, invoice: JsonObject) -> JsonObject | None:
    """The payment intent of an invoice; None while it is a draft and where nothing is due."""
    payment = invoice_payment.of(world, invoice)
    return world.store.get("payment_intent", payment["_intent"]) if payment else None


def finalize(world: World, invoice: JsonObject) -> None:
    """Open a draft for payment; where nothing is due it is paid with that."""
    agenda.cancel(world, "invoice_finalizes", invoice)
    if invoice["amount_due"]:
        first = invoice["billing_reason"] == "subscription_create"
        method = method_of(world, subscription_of(world, invoice))
        intent = intents.add(
            world,
            amount=invoice["amount_due"],
            currency=invoice["currency"],
            methods=[method["type"] if method else "card"],
            customer=invoice["customer"],
            data={
                "description": _DESCRIPTIONS.get(invoice["billing_reason"], "Payment for Invoice"),
                "setup_future_usage": "off_session" if first else None,
            },
        )
        invoice_payment.add(world, invoice, intent)
    invoices.finalize(world, invoice)
    if not invoice["amount_due"]:
        paid(world, invoice)


def attempt(
    world: World,
    invoice: JsonObject,
    *,
    attended: bool,
    method: JsonObject | None = None,
    by_plan: bool = False,
) -> tuple[Refusal | None, JsonObject | None]:
    """Try to collect an open invoice; the refusal, if it failed, and the charge, if there was one.

    A payer who is there (``attended``) is asked to authenticate where the bank wants it; else that is the refusal.
    As at Stripe the first attempt, and after it those ``by_plan`` alone, count and move the plan of further ones.
    """
    intent = intent_of(world, invoice)
    assert intent is not None
    counts = by_plan or not invoice["attempt_count"]
    if counts:
        agenda.cancel(world, "invoice_retries", invoice)
        world.store.change(invoice, attempt_count=invoice["attempt_count"] + 1, attempted=True)
    chosen = method or method_of(world, subscription_of(world, invoice))
    if chosen is None:
        _failed(world, invoice, counts=counts)
        return NO_METHOD, None
    refusal = payment_method.refusal(world, chosen, attended=attended)
    if refusal is None and attended and payment_method.asks(chosen):
        refusal = AUTHENTICATION_REQUIRED
    if refusal is AUTHENTICATION_REQUIRED:
        url = f"{world.settings.base_url}/i/{invoice['id']}"
        asked = {"redirect_to_url": {"return_url": None, "url": url}, "type": "redirect_to_url"}
        intents.mark_waiting(world, intent, chosen, asked)
        _failed(world, invoice, counts=counts, asks=True, only_asks=attended)
        return refusal, None
    charge = charges.add(world, intent, chosen, refusal)
    if refusal is not None:
        intents.mark_failed(world, intent, refusal, chosen, charge)
        _failed(world, invoice, counts=counts)
        return refusal, charge
    _take(world, invoice, intent, charge)
    return None, charge


def try_soon(world: World, invoice: JsonObject) -> None:
    """Let an open invoice be tried at the next tick of its clock."""
    schedule(world, "invoice_retries", invoice, at=world.now())


def authenticate(world: World, invoice: JsonObject, *, approve: bool) -> Refusal | None:
    """The payer answers the bank's question about an invoice that waits for it; the refusal, if there is one."""
    intent = intent_of(world, invoice)
    assert intent is not None
    method = world.store.get("payment_method", intent["payment_method"] or "")
    assert method is not None
    if not approve:
        intents.mark_failed(world, intent, NOT_AUTHENTICATED, method, None)
        emit(world, "invoice.payment_failed", invoice)
        return NOT_AUTHENTICATED
    agenda.cancel(world, "invoice_retries", invoice)
    _take(world, invoice, intent, charges.add(world, intent, method))
    return None


def _take(world: World, invoice: JsonObject, intent: JsonObject, charge: JsonObject) -> None:
    intents.mark_succeeded(world, intent, charge)
    paid(world, invoice)
    charges.book(world, charge)


def paid(world: World, invoice: JsonObject) -> None:
    """An invoice is paid; a subscription whose latest it is lives on."""
    agenda.cancel_all(world, invoice)
    payment = invoice_payment.of(world, invoice)
    if payment is not None:
        invoice_payment.mark_paid(world, payment)
    invoices.close(world, invoice, "paid")
    emit(world, "invoice.paid", invoice)
    emit(world, "invoice.payment_succeeded", invoice)
    _revive(world, invoice, ("incomplete", "past_due", "unpaid"))


def intent_succeeded(world: World, intent: JsonObject) -> None:
    """An intent was confirmed by a call of its own: the invoice that waits for it, if one does, is paid with that."""
    for payment in world.store.where("invoice_payment", "_intent", intent["id"]):
        invoice = world.store.get("invoice", payment["invoice"])
        if invoice is not None and invoice["status"] in ("open", "uncollectible"):
            world.store.change(invoice, attempt_count=max(1, invoice["attempt_count"]))
            paid(world, invoice)


def _revive(world: World, invoice: JsonObject, states: tuple[str, ...]) -> None:
    subscription = subscription_of(world, invoice)
    if subscription["latest_invoice"] == invoice["id"] and subscription["status"] in states:
        agenda.cancel(world, "first_payment_expires", subscription)
        subscriptions.change(world, subscription, status="active")


def give_up(world: World, invoice: JsonObject, status: str, *, why: str | None = None, revives: bool = True) -> None:
    """Make an invoice ``void`` or ``uncollectible``: it is not collected any more.

    A subscription that is past due for it is active again, unless the invoice ends with it (``revives``).
    """
    agenda.cancel_all(world, invoice)
    payment, intent = invoice_payment.of(world, invoice), intent_of(world, invoice)
    if status == "void" and payment is not None and intent is not None and intent["status"] != "succeeded":
        intents.cancel(world, intent, "void_invoice")
        invoice_payment.cancel(world, payment)
    invoices.close(world, invoice, status, uncollectible=why)
    emit(world, "invoice.voided" if status == "void" else "invoice.marked_uncollectible", invoice)
    if revives:
        _revive(world, invoice, ("past_due",))


def _failed(world: World, invoice: JsonObject, *, counts: bool, asks: bool = False, only_asks: bool = False) -> None:
    """Say that it failed, or only asks its payer who is there, and plan what follows; of a first payment nothing does."""
    subscription = subscription_of(world, invoice)
    is_first = subscription["status"] in ("incomplete", *subscriptions.ENDED)
    is_last = False
    if counts:
        is_planned = invoice["auto_advance"] and not is_first
        at = dunning.next_attempt(world, invoice["attempt_count"]) if is_planned else None
        is_last = is_planned and at is None
        if at is not None:
            schedule(world, "invoice_retries", invoice, at=at)
        world.store.change(invoice, next_payment_attempt=at, auto_advance=invoice["auto_advance"] and not is_last)
    if not only_asks:
        emit(world, "invoice.payment_failed", invoice)
    if asks:
        emit(world, "invoice.payment_action_required", invoice)
    if subscription["latest_invoice"] == invoice["id"] and subscription["status"] == "active":
        subscriptions.change(world, subscription, status="past_due")
    if is_last:
        _stop_trying(world, invoice, subscription)


def _stop_trying(world: World, invoice: JsonObject, subscription: JsonObject) -> None:
    settings = dunning.billing(world)
    if settings.invoice == "void":
        give_up(world, invoice, "void", revives=False)
    elif settings.invoice == "mark_uncollectible":
        give_up(world, invoice, "uncollectible", why="max_payment_attempts", revives=False)
    if settings.then == "cancel":
        subscriptions.end(world, subscription, reason="payment_failed")
    elif settings.then == "unpaid" and subscription["latest_invoice"] == invoice["id"]:
        subscriptions.change(world, subscription, status="unpaid")


@happens_later("invoice_finalizes")
def _finalize(world: World, invoice: JsonObject, _: JsonObject) -> None:
    if invoice["status"] != "draft" or not invoice["auto_advance"]:
        return
    finalize(world, invoice)
    if invoice["status"] == "open":
        attempt(world, invoice, attended=False, by_plan=True)


@happens_later("invoice_retries")
def _retry(world: World, invoice: JsonObject, _: JsonObject) -> None:
    if invoice["status"] == "open" and invoice["auto_advance"]:
        attempt(world, invoice, attended=False, by_plan=True)
