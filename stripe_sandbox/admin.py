"""The sandbox's own address, ``/_sandbox/``: pay, move the clock, make faults, look at deliveries. Loopback only."""

import json
from collections.abc import Callable
from typing import Any

from stripe_sandbox import __version__, admin_bank, admin_billing, admin_payer, agenda, paying
from stripe_sandbox.errors import ApiError, JsonObject, invalid, no_such
from stripe_sandbox.expand import present
from stripe_sandbox.faults import KINDS
from stripe_sandbox.objects import webhook_endpoint
from stripe_sandbox.world import World

_Action = Callable[[World, JsonObject], JsonObject]
_ActionOfOne = Callable[[World, str, JsonObject], JsonObject]

_FORM_FIELDS = {"email", "name", "expiry", "cvc"}
_PAY_FIELDS = {*_FORM_FIELDS, "card", "blik", "p24", "outcome", "then", "after", "amount", "currency", "though_closed"}


def answer(world: World, method: str, path: str, body: str) -> JsonObject:
    """The answer to a call below ``/_sandbox``; raises ApiError."""
    try:
        sent = json.loads(body) if body else {}
    except ValueError as error:
        raise ApiError("The body is no JSON.") from error
    if not isinstance(sent, dict):
        raise ApiError("The body must be a JSON object.")
    parts = path.strip("/").split("/")[1:]
    of_one = _ACTIONS_OF_ONE.get((method, parts[0], parts[2])) if len(parts) == 3 else None
    action = _ACTIONS.get((method, "/".join(parts)))
    if action is None and of_one is None:
        raise ApiError(f"No such address: {method} {path}", status=404)
    try:
        if of_one is not None:
            return of_one(world, parts[1], sent)
        assert action is not None
        return action(world, sent)
    except (TypeError, ValueError) as error:
        raise ApiError(str(error)) from error


def pay(world: World, session_id: str, sent: JsonObject) -> JsonObject:
    """Pay a session as its page would: ``card``, ``blik`` or ``p24``, and ``outcome`` where one has to confirm.

    ``outcome`` is ``approve`` (the default), ``refuse``, ``time_out`` or ``later`` (with ``then`` and ``after``);
    ``none`` leaves the payment waiting.
    """
    for name in sent:
        if name not in _PAY_FIELDS:
            raise invalid(f"Received unknown parameter: {name}", name, "parameter_unknown")
    agenda.run_due(world)
    with world.lock:
        session = world.store.get("checkout.session", session_id)
        if session is None:
            raise no_such("checkout.session", session_id)
        outcome = _pay(world, session, sent)
        # Ids to look at, and what was wrong: enough for a test to say why.
        refusal = outcome.refusal
        return {
            "result": outcome.result.name.lower(),
            "errors": outcome.errors,
            "refusal": None if refusal is None else {"code": refusal.code, "decline_code": refusal.decline_code},
            "session": present(world, session, []),
        }


def _pay(world: World, session: JsonObject, sent: JsonObject) -> paying.Outcome:
    known = (session["customer_details"] or {}).get("email")
    form = paying.Form(
        method="blik" if "blik" in sent else "p24" if "p24" in sent else "card",
        email=sent.get("email") or known or "payer@example.org",
        name=sent.get("name", ""),
        number=sent.get("card", "4242424242424242"),
        expiry=sent.get("expiry", "12/49"),
        cvc=sent.get("cvc", "123"),
        blik=sent.get("blik", ""),
        bank=sent.get("p24") or "ing",
    )
    tampering = paying.Tampering(sent.get("amount"), sent.get("currency"), bool(sent.get("though_closed")))
    outcome = paying.begin(world, session, form, tampering)
    word = sent.get("outcome", "approve")
    if outcome.result is not paying.Result.CHALLENGED or word == "none":
        return outcome
    if word.upper() not in paying.Answer.__members__:
        raise invalid("outcome must be approve, refuse, time_out, later or none", "outcome")
    return paying.answer(
        world, session, paying.Answer[word.upper()], then=sent.get("then", "succeed"), after=sent.get("after")
    )


def _status(world: World, sent: JsonObject) -> JsonObject:
    return {
        "sandbox": __version__,
        "account": world.settings.account,
        "now": world.now(),
        "url": world.settings.base_url,
    }


def _clock(world: World, sent: JsonObject) -> JsonObject:
    with world.lock:
        if sent:
            world.move_clock(**sent)
            agenda.run_due(world)
        return {"now": world.now(), "offset": world.clock.offset, "stopped": world.clock.stopped}


def _add_fault(world: World, sent: JsonObject) -> JsonObject:
    with world.lock:
        return world.faults.add(**sent)


def _faults(world: World, sent: JsonObject) -> JsonObject:
    with world.lock:
        return {"faults": world.faults.all(), "kinds": KINDS}


def _clear_faults(world: World, sent: JsonObject) -> JsonObject:
    with world.lock:
        world.faults.clear()
    return {"faults": []}


def _release(world: World, sent: JsonObject) -> JsonObject:
    with world.act():
        return {"released": agenda.release(world, **sent)}


def _deliver(world: World, sent: JsonObject) -> JsonObject:
    if world.delivery is None:
        return {"deliveries": []}
    return {"deliveries": [dict(each) for each in world.delivery.release(**sent)]}


def _deliveries(world: World, sent: JsonObject) -> JsonObject:
    with world.lock:
        return {"deliveries": [dict(each) for each in world.store.all("_delivery")]}


def _hold(world: World, sent: JsonObject) -> JsonObject:
    if world.delivery is not None:
        world.delivery.holding = bool(sent.get("holding", True))
    return {"holding": world.delivery is not None and world.delivery.holding}


def _add_webhook(world: World, sent: JsonObject) -> JsonObject:
    return {"id": webhook_endpoint.ensure(world, sent["url"], sent["secret"])["id"]}


def _rotate(world: World, identifier: str, sent: JsonObject) -> JsonObject:
    with world.act():
        endpoint = world.store.get("webhook_endpoint", identifier)
        if endpoint is None:
            raise no_such("webhook endpoint", identifier)
        overlap: Any = sent.get("overlap", 24 * 3600)
        return {"secret": webhook_endpoint.rotate_secret(world, endpoint, sent.get("secret"), float(overlap))}


_ACTIONS: dict[tuple[str, str], _Action] = {
    ("GET", ""): _status,
    ("GET", "clock"): lambda world, _: _clock(world, {}),
    ("POST", "clock"): _clock,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "release"): _release,
    ("POST", "deliver"): _deliver,
    ("GET", "deliveries"): _deliveries,
    ("POST", "hold"): _hold,
    ("POST", "webhooks"): _add_webhook,
    ("GET", "billing"): lambda world, _: admin_billing.billing(world, {}),
    ("POST", "billing"): admin_billing.billing,
    ("GET", "books"): admin_billing.books,
    ("POST", "books"): admin_billing.books,
    ("POST", "payouts"): admin_bank.pay_out,
    ("POST", "rates"): admin_bank.move_rates,
    ("POST", "movements"): admin_bank.add_movement,
}
#: Those that act on one object, whose id stands between the two words of their address.
_ACTIONS_OF_ONE: dict[tuple[str, str, str], _ActionOfOne] = {
    ("POST", "sessions", "pay"): pay,
    ("POST", "webhook_endpoints", "rotate"): _rotate,
    ("POST", "payment_methods", "change"): admin_billing.change_method,
    ("POST", "payment_methods", "revoke"): admin_payer.revoke,
    ("POST", "subscriptions", "renew"): admin_billing.renew,
    ("POST", "invoices", "authenticate"): admin_billing.authenticate,
    ("POST", "invoices", "pay"): admin_payer.pay_invoice,
    ("POST", "portal", "card"): admin_payer.type_card,
    ("POST", "portal", "cancel"): admin_payer.cancel,
    ("POST", "payouts", "move"): admin_bank.move_payout,
    ("POST", "charges", "dispute"): admin_bank.dispute_charge,
    ("POST", "charges", "fraud_warning"): admin_bank.report_fraud,
    ("POST", "disputes", "decide"): admin_bank.decide_dispute,
}
