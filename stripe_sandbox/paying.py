"""Paying a checkout session: what the hosted page does, and tests and demonstrations through the admin address too."""

import datetime
import re
from dataclasses import dataclass, field
from enum import Enum

from stripe_sandbox import cards
from stripe_sandbox.agenda import cancel as unschedule
from stripe_sandbox.agenda import happens_later, schedule
from stripe_sandbox.cards import Behaviour, Refusal
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.objects import charge as charges
from stripe_sandbox.objects import checkout_session as sessions
from stripe_sandbox.objects import customer, payment_method
from stripe_sandbox.objects import payment_intent as intents
from stripe_sandbox.world import World

BANKS = (
    "alior_bank",
    "bank_millennium",
    "bank_pekao_sa",
    "credit_agricole",
    "ing",
    "mbank_mtransfer",
    "pbac_z_ipko",
    "santander_przelew24",
)


class Answer(Enum):
    """What the payer, or the payer's bank, does about a payment that has to be confirmed."""

    APPROVE = "It is confirmed at once."
    REFUSE = "It is refused."
    TIME_OUT = "Nobody answers in time."
    LATER = "The bank will say later; until then the session is complete and unpaid."


class Result(Enum):
    """What came of an attempt."""

    PAID = "The money was taken."
    PENDING = "The session is complete; the bank will say later."
    CHALLENGED = "The payer has to confirm first."
    REFUSED = "It was declined; the payer may try again."
    INVALID = "The form can't be sent like this."
    CLOSED = "The session is not open: paid already, or expired."


@dataclass(frozen=True)
class Form:
    """What a payer fills in."""

    method: str
    email: str = ""
    name: str = ""
    number: str = ""
    expiry: str = ""
    cvc: str = ""
    blik: str = ""
    bank: str = ""


@dataclass(frozen=True)
class Outcome:
    """The result of an attempt, with what is wrong by field, or the refusal."""

    result: Result
    errors: dict[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Tampering:
    """What a test may bend: charge another sum or currency, or pay a session that is not open any more."""

    amount: int | None = None
    currency: str | None = None
    though_closed: bool = False


def begin(world: World, session: JsonObject, form: Form, tampering: Tampering = Tampering()) -> Outcome:
    """An attempt to pay with what the form says."""
    if session["status"] != "open" and not tampering.though_closed:
        return Outcome(Result.CLOSED)
    errors = _errors(world, session, form)
    if errors:
        return Outcome(Result.INVALID, errors)
    with world.act():
        if session["status"] == "open":
            sessions.set_payer(world, session, form.email, form.name or None)
        intent = _intent(world, session, tampering)
        method = _method(world, form)
        if form.method == "card":
            return _with_card(world, session, intent, method)
        return _challenge(world, session, intent, method)


def answer(
    world: World, session: JsonObject, given: Answer, *, then: str = "succeed", after: int | None = None
) -> Outcome:
    """What the payer or the bank says to the payment that waits.

    For ``Answer.LATER`` the bank's word comes ``after`` seconds (None: when released) and is ``then``
    (``succeed`` or ``fail``).
    """
    challenge = session["_challenge"]
    if challenge is None:
        return Outcome(Result.CLOSED)
    intent = _kept(world, "payment_intent", challenge["intent"])
    method = _kept(world, "payment_method", challenge["method"])
    with world.act():
        world.store.change(session, _challenge=None)
        if given is Answer.APPROVE:
            late = world.faults.strike("payment_pending") if method["type"] != "card" else None
            if late is None:
                return _pay(world, session, intent, method)
            given, then, after = Answer.LATER, late.get("outcome", then), late.get("seconds")
        if given is Answer.LATER:
            return _leave_pending(world, session, intent, method, then=then, after=after)
        if method["type"] == "card":
            return _refuse(world, intent, method, cards.NOT_AUTHENTICATED, charged=False)
        refusal = cards.TIMED_OUT if given is Answer.TIME_OUT else cards.REFUSED_BY_PAYER
        return _refuse(world, intent, method, refusal, charged=False)


def _errors(world: World, session: JsonObject, form: Form) -> dict[str, str]:
    """Which fields are wrong and how, in words that the page's texts know."""
    errors = {}
    if form.method not in session["payment_method_types"]:
        return {"method": "method_unknown"}
    if not customer.is_email(form.email):
        errors["email"] = "email_invalid" if form.email else "email_missing"
    if form.method == "card":
        errors.update(_card_errors(world, form))
    elif form.method == "blik" and not re.fullmatch(r"[0-9]{6}", re.sub(r"[\s-]", "", form.blik)):
        errors["blik"] = "blik_invalid"
    elif form.method == "p24" and form.bank not in BANKS:
        errors["bank"] = "bank_missing"
    return errors


def _card_errors(world: World, form: Form) -> dict[str, str]:
    errors = {}
    number = re.sub(r"[\s-]", "", form.number)
    if number not in cards.CARDS:
        errors["number"] = "number_not_a_test_card" if re.fullmatch(r"[0-9]{12,19}", number) else "number_invalid"
    expiry = _expiry(form.expiry)
    if expiry is None:
        errors["expiry"] = "expiry_invalid"
    else:
        today = datetime.datetime.fromtimestamp(world.now(), datetime.UTC)
        if (expiry[1], expiry[0]) < (today.year, today.month):
            errors["expiry"] = "expiry_past"
    if not re.fullmatch(r"[0-9]{3,4}", form.cvc.strip()):
        errors["cvc"] = "cvc_invalid"
    return errors


def _expiry(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*[/-]?\s*(?:20)?([0-9]{2})\s*", text)
    return (int(match[1]), 2000 + int(match[2])) if match else None


def _intent(world: World, session: JsonObject, tampering: Tampering) -> JsonObject:
    """The session's payment intent, made with the first attempt as Stripe does since 2022."""
    intent = world.store.get("payment_intent", session["payment_intent"] or "")
    bent = tampering.amount is not None or tampering.currency is not None
    if intent is not None and intent["status"] not in ("succeeded", "canceled") and not bent:
        return intent
    intent = intents.add(
        world,
        amount=session["amount_total"] if tampering.amount is None else tampering.amount,
        currency=tampering.currency or session["currency"],
        methods=session["payment_method_types"],
        customer=session["customer"],
        data=session["_intent_data"],
    )
    if session["status"] != "complete":
        world.store.change(session, payment_intent=intent["id"])
    return intent


def _method(world: World, form: Form) -> JsonObject:
    email, name = form.email, form.name or None
    if form.method == "blik":
        return payment_method.add(world, "blik", {}, email=email, name=name)
    if form.method == "p24":
        return payment_method.add(world, "p24", {"bank": form.bank}, email=email, name=name)
    number = re.sub(r"[\s-]", "", form.number)
    expiry = _expiry(form.expiry)
    assert expiry is not None
    method = payment_method.add(world, "card", payment_method.card_details(number, *expiry), email=email, name=name)
    return world.store.change(method, _behaviour=charges.behaviour_of(number))


def _with_card(world: World, session: JsonObject, intent: JsonObject, method: JsonObject) -> Outcome:
    behaviour = Behaviour[method["_behaviour"]]
    refusal = cards.REFUSALS.get(behaviour)
    if refusal is not None:
        return _refuse(world, intent, method, refusal, charged=True)
    if behaviour is Behaviour.ASKS:
        return _challenge(world, session, intent, method)
    return _pay(world, session, intent, method)


def _challenge(world: World, session: JsonObject, intent: JsonObject, method: JsonObject) -> Outcome:
    kind = method["type"]
    if kind == "blik":
        action: JsonObject = {"type": "blik_authorize", "blik_authorize": {}}
    else:
        url = f"{world.settings.base_url}/c/pay/{session['id']}/confirm"
        action = {"type": "redirect_to_url", "redirect_to_url": {"return_url": session["success_url"], "url": url}}
    world.store.change(session, _challenge={"intent": intent["id"], "method": method["id"], "kind": kind})
    intents.mark_waiting(world, intent, method, action)
    return Outcome(Result.CHALLENGED)


def _pay(world: World, session: JsonObject, intent: JsonObject, method: JsonObject) -> Outcome:
    """Money moves: charge, intent, session, then the balance transaction, in Stripe's order."""
    if intent["setup_future_usage"] and session["customer"]:
        world.store.change(method, customer=session["customer"])
    charge = charges.add(world, intent, method)
    intents.mark_succeeded(world, intent, charge)
    if session["status"] != "complete":
        sessions.mark_complete(world, session, paid=True)
    charges.book(world, charge)
    return Outcome(Result.PAID)


def _refuse(world: World, intent: JsonObject, method: JsonObject, refusal: Refusal, *, charged: bool) -> Outcome:
    charge = charges.add(world, intent, method, refusal) if charged else None
    intents.mark_failed(world, intent, refusal, method, charge)
    return Outcome(Result.REFUSED, refusal=refusal)


def _leave_pending(
    world: World, session: JsonObject, intent: JsonObject, method: JsonObject, *, then: str, after: int | None
) -> Outcome:
    world.store.change(intent, payment_method=method["id"])
    intents.mark_processing(world, intent)
    sessions.mark_complete(world, session, paid=False)
    at = None if after is None else world.now() + int(after)
    schedule(world, "bank_answers", session, at=at, outcome=then)
    return Outcome(Result.PENDING)


@happens_later("bank_answers")
def _bank_answers(world: World, session: JsonObject, facts: JsonObject) -> None:
    unschedule(world, "bank_answers", session)
    intent = _kept(world, "payment_intent", session["payment_intent"])
    method = _kept(world, "payment_method", intent["payment_method"])
    if facts["outcome"] == "fail":
        charge = charges.add(world, intent, method, cards.REFUSED_BY_BANK)
        intents.mark_failed(world, intent, cards.REFUSED_BY_BANK, method, charge)
        sessions.mark_confirmed(world, session, paid=False)
        return
    charge = charges.add(world, intent, method)
    intents.mark_succeeded(world, intent, charge)
    sessions.mark_confirmed(world, session, paid=True)
    charges.book(world, charge)


def _kept(world: World, kind: str, identifier: str) -> JsonObject:
    obj = world.store.get(kind, identifier)
    assert obj is not None, identifier
    return obj
