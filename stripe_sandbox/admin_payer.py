"""The admin address's part for payers: what they would do in the portal and on the page of an invoice."""

from stripe_sandbox import mending, portal
from stripe_sandbox.errors import ApiError, JsonObject, invalid, no_such
from stripe_sandbox.objects import billing_portal_session, mandate
from stripe_sandbox.payer_form import Form
from stripe_sandbox.paying import Outcome, Result
from stripe_sandbox.world import World

_CARD_FIELDS = {"card": "number", "exp": "expiry", "cvc": "cvc", "email": "email", "name": "name"}
_USUAL = {"number": "4242424242424242", "expiry": "12/49", "cvc": "123", "email": "payer@example.org"}


def type_card(world: World, identifier: str, sent: JsonObject) -> JsonObject:
    """Type a card (``card``, ``exp``) in a portal; ``outcome``: ``approve``, ``refuse`` or ``none`` where it asks."""
    with world.lock:
        session = _open_portal(world, identifier, "payment_method_update")
        outcome = portal.begin_card(world, session, _form(sent))
        if outcome.result is Result.CHALLENGED and _is_answered(sent):
            outcome = portal.answer_card(world, session, approve=_approves(sent))
        return _said(outcome)


def cancel(world: World, identifier: str, sent: JsonObject) -> JsonObject:
    """Cancel a ``subscription`` in a portal, as its configuration says: now, or at the end of its period."""
    with world.lock:
        session = _open_portal(world, identifier, "subscription_cancel")
        own = {each["id"]: each for each in portal.subscriptions_of(world, session)}
        if sent.get("subscription") not in own:
            raise no_such("subscription", str(sent.get("subscription")))
        portal.cancel(world, session, own[sent["subscription"]])
        return {"result": "canceled"}


def pay_invoice(world: World, identifier: str, sent: JsonObject) -> JsonObject:
    """Pay an invoice on its page with the kept card, or with ``card`` and ``exp``; ``outcome`` as in the portal."""
    with world.lock:
        invoice = world.store.get("invoice", identifier)
        if invoice is None:
            raise no_such("invoice", identifier)
        with world.at_time_of(invoice):
            if not mending.waits(world, invoice) or "card" in sent:
                outcome = mending.begin(world, invoice, _form(sent) if "card" in sent else None)
            else:
                outcome = Outcome(Result.CHALLENGED)
            if outcome.result is Result.CHALLENGED and _is_answered(sent):
                outcome = mending.answer(world, invoice, approve=_approves(sent))
        return _said(outcome)


def revoke(world: World, identifier: str, sent: JsonObject) -> JsonObject:
    """The payer, or the payer's bank, ends the agreement that a method is kept under."""
    with world.act():
        method = world.store.get("payment_method", identifier)
        if method is None:
            raise no_such("PaymentMethod", identifier)
        mandate.end(world, method)
        agreed = mandate.of(world, method)
        return {"mandate": agreed["id"] if agreed else None}


def _open_portal(world: World, identifier: str, feature: str) -> JsonObject:
    session = world.store.get("billing_portal.session", identifier)
    if session is None:
        raise no_such("portal session", identifier)
    with world.act():
        is_open = billing_portal_session.touch(world, session)
    if not is_open or portal.customer_of(world, session) is None:
        raise ApiError("This portal session is not open any more.")
    if not portal.may(world, session, feature):
        raise ApiError(f"This portal session allows no {feature}.")
    return session


def _form(sent: JsonObject) -> Form:
    for name in sent:
        if name not in {*_CARD_FIELDS, "outcome"}:
            raise invalid(f"Received unknown parameter: {name}", name, "parameter_unknown")
    typed = {field: sent[name] for name, field in _CARD_FIELDS.items() if name in sent}
    return Form(method="card", **{**_USUAL, **typed})


def _is_answered(sent: JsonObject) -> bool:
    return bool(sent.get("outcome", "approve") != "none")


def _approves(sent: JsonObject) -> bool:
    word: str = sent.get("outcome", "approve")
    if word not in ("approve", "refuse"):
        raise invalid("outcome must be approve, refuse or none", "outcome")
    return word == "approve"


def _said(outcome: Outcome) -> JsonObject:
    refusal = outcome.refusal
    told = None if refusal is None else {"code": refusal.code, "decline_code": refusal.decline_code}
    return {"result": outcome.result.name.lower(), "errors": outcome.errors, "refusal": told}
