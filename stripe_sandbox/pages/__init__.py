"""The hosted pages: what a payer sees of a session. They work without JavaScript."""

from typing import TypedDict
from urllib.parse import parse_qsl

from stripe_sandbox import agenda, paying, recurrence
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.pages import invoice, portal
from stripe_sandbox.pages.checkout import checkout_page
from stripe_sandbox.pages.confirm import ANSWERS, confirm_page, notice_page
from stripe_sandbox.pages.layout import redirect, stylesheet
from stripe_sandbox.pages.reply import Reply
from stripe_sandbox.pages.texts import language, told
from stripe_sandbox.paying import Result
from stripe_sandbox.recurrence import Plan
from stripe_sandbox.world import World

_FIELDS = ("method", "email", "name", "number", "expiry", "cvc", "blik", "bank")
_LONGEST_FIELD = 200


class _Facts(TypedDict):
    method: str
    sent: dict[str, str]
    accept_language: str


def answer(world: World, method: str, path: str, body: str, accept_language: str) -> Reply:
    """The answer to a browser."""
    if path == "/c/style.css":
        return stylesheet()
    if path == "/":
        return notice_page(language(None, accept_language), "home")
    parts = path.strip("/").split("/")
    with world.act():
        agenda.run_due(world)
    sent = _sent(body) if method == "POST" else {}
    facts: _Facts = {"method": method, "sent": sent, "accept_language": accept_language}
    with world.lock:
        if len(parts) > 2 and parts[:2] == ["p", "session"]:
            return portal.answer(world, parts[2], parts[3:], **facts)
        if len(parts) > 1 and parts[0] == "i":
            return invoice.answer(world, parts[1], parts[2:], **facts)
        is_session = len(parts) > 2 and parts[:2] == ["c", "pay"] and parts[3:] in ([], ["confirm"])
        session = world.store.get("checkout.session", parts[2]) if is_session else None
        if session is None or session["url"] is None:
            return notice_page(language(None, accept_language), "unknown", status=404)
        payer = world.store.get("customer", session["customer"] or "") or {}
        with world.at_time_of(payer):
            return _of_session(world, session, **facts, confirming=len(parts) == 4)


def _of_session(
    world: World, session: JsonObject, *, method: str, sent: dict[str, str], accept_language: str, confirming: bool
) -> Reply:
    spoken = language(session["locale"], accept_language)
    if session["status"] != "open":
        return _closed(session, spoken, method)
    page = _confirm if confirming else _pay
    return page(world, session, spoken, method, sent)


def _sent(body: str) -> dict[str, str]:
    """The form's fields; none of them when it is no form."""
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=50))
    except ValueError:
        return {}


def _pay(world: World, session: JsonObject, spoken: str, method: str, sent: dict[str, str]) -> Reply:
    plan, now = _plan(world, session), world.now()
    if method != "POST":
        known = (session["customer_details"] or {}).get("email") or ""
        blank = paying.Form(method="", email=known)
        return checkout_page(session, spoken, blank, plan=plan, now=now, refusal=_last_refusal(world, session))
    form = paying.Form(**{name: sent.get(name, "").strip()[:_LONGEST_FIELD] for name in _FIELDS})
    outcome = paying.begin(world, session, form)
    if outcome.result is Result.INVALID:
        return checkout_page(session, spoken, form, plan=plan, now=now, errors=outcome.errors, status=422)
    if outcome.refusal is not None:
        refusal = told(outcome.refusal.code, outcome.refusal.decline_code)
        return checkout_page(session, spoken, form, plan=plan, now=now, refusal=refusal, status=402)
    if outcome.result is Result.CHALLENGED:
        return redirect(f"/c/pay/{session['id']}/confirm")
    return redirect(_success_url(session))


def _plan(world: World, session: JsonObject) -> Plan | None:
    return recurrence.plan(world, session) if session["mode"] == "subscription" else None


def _confirm(world: World, session: JsonObject, spoken: str, method: str, sent: dict[str, str]) -> Reply:
    challenge = session["_challenge"]
    if challenge is None:
        return redirect(f"/c/pay/{session['id']}")
    given = sent.get("answer")
    if method != "POST" or given not in ANSWERS[challenge["kind"]]:
        used = world.store.get("payment_method", challenge["method"]) or {}
        return confirm_page(session, spoken, used.get("p24", {}).get("bank"), plan=_plan(world, session))
    # A bank that says so later does it a few seconds from now, so that the waiting can be seen.
    outcome = paying.answer(world, session, paying.Answer[given.upper()], after=10)
    if outcome.refusal is not None:
        return redirect(f"/c/pay/{session['id']}")
    return redirect(_success_url(session))


def _closed(session: JsonObject, spoken: str, method: str) -> Reply:
    if session["status"] == "complete":
        # A payer who sends the form twice, or comes back to it, is led on: the payment is done.
        if method == "POST":
            return redirect(_success_url(session))
        name = "kept" if session["mode"] == "setup" else "complete"
        return notice_page(spoken, name, link=("continue", _success_url(session)))
    link = ("back", session["cancel_url"]) if session["cancel_url"] else None
    return notice_page(spoken, "expired", status=410, link=link)


def _success_url(session: JsonObject) -> str:
    url: str = session["success_url"]
    for placeholder in ("{CHECKOUT_SESSION_ID}", "%7BCHECKOUT_SESSION_ID%7D"):
        url = url.replace(placeholder, session["id"])
    return url


def _last_refusal(world: World, session: JsonObject) -> str | None:
    """Why the attempt before this visit failed, if it did."""
    intent = world.store.find(session["_intent"] or "")
    if intent is None or intent["status"] != "requires_payment_method":
        return None
    error = intent["last_setup_error" if intent["object"] == "setup_intent" else "last_payment_error"]
    if error is None:
        return None
    return told(error["code"], error.get("decline_code"))
