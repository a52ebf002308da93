"""Getting through a checkout session: what the hosted page does, and tests through the admin address too."""

from dataclasses import dataclass, field
from enum import Enum

from stripe_sandbox import attempts, cards
from stripe_sandbox.agenda import cancel as unschedule
from stripe_sandbox.agenda import happens_later, schedule
from stripe_sandbox.cards import Refusal
from stripe_sandbox.errors import ApiError, JsonObject
from stripe_sandbox.objects import charge as charges
from stripe_sandbox.objects import checkout_session as sessions
from stripe_sandbox.objects import payment_intent as intents
from stripe_sandbox.objects import payment_method
from stripe_sandbox.payer_form import BANKS, Form, errors_in, method_of
from stripe_sandbox.world import World

__all__ = ["BANKS", "Answer", "Form", "Outcome", "Result", "Tampering", "answer", "begin"]


class Answer(Enum):
    """What the payer, or the payer's bank, does about a payment that has to be confirmed."""

    APPROVE = "It is confirmed at once."
    REFUSE = "It is refused."
    TIME_OUT = "Nobody answers in time."
    LATER = "The bank will say later; until then the session is complete and unpaid."


class Result(Enum):
    """What came of an attempt."""

    PAID = "The money was taken."
    KEPT = "Nothing was due; the payment method is kept."
    PENDING = "The session is complete; the bank will say later."
    CHALLENGED = "The payer has to confirm first."
    REFUSED = "It was declined; the payer may try again."
    INVALID = "The form can't be sent like this."
    CLOSED = "The session is not open: paid already, or expired."


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
    """An attempt to get through with what the form says: to pay, to subscribe, or to keep a payment method."""
    if session["status"] != "open" and not tampering.though_closed:
        return Outcome(Result.CLOSED)
    with world.at_time_of(_payer(world, session)):
        errors = errors_in(world, form, session["payment_method_types"])
        return Outcome(Result.INVALID, errors) if errors else _begin(world, session, form, tampering)


def _payer(world: World, session: JsonObject) -> JsonObject:
    """The session's customer, who may live by a test clock; nobody is found where there is none."""
    return world.store.get("customer", session["customer"] or "") or {}


def _begin(world: World, session: JsonObject, form: Form, tampering: Tampering) -> Outcome:
    with world.act():
        if session["status"] == "open":
            sessions.set_payer(world, session, form.email, form.name or None)
        intent = attempts.intent_for(world, session, tampering.amount, tampering.currency)
        method = method_of(world, form)
        if form.method != "card":
            return _challenge(world, session, intent, method)
        refusal = payment_method.refusal(world, method, attended=True)
        if refusal is not None:
            return _refuse(world, intent, method, refusal, charged=True)
        if payment_method.asks(method):
            return _challenge(world, session, intent, method)
        return _go_through(world, session, intent, method)


def answer(
    world: World, session: JsonObject, given: Answer, *, then: str = "succeed", after: int | None = None
) -> Outcome:
    """What the payer or the bank says to the attempt that waits.

    For ``Answer.LATER`` the bank's word comes ``after`` seconds (None: when released) and is ``then``
    (``succeed`` or ``fail``).
    """
    challenge = session["_challenge"]
    if challenge is None:
        return Outcome(Result.CLOSED)
    intent, method = _kept(world, challenge["intent"]), _kept(world, challenge["method"])
    # Only a single payment can be left to the bank: what recurs begins with a word that is final.
    can_wait = session["mode"] == "payment"
    if given is Answer.LATER and not can_wait:
        raise ApiError("The sandbox's banks answer later to sessions in mode=payment alone.", param="outcome")
    with world.at_time_of(_payer(world, session)), world.act():
        world.store.change(session, _challenge=None)
        if given is Answer.APPROVE:
            is_bank = method["type"] != "card" and can_wait
            late = world.faults.strike("payment_pending") if is_bank else None
            if late is None:
                return _go_through(world, session, intent, method)
            given, then, after = Answer.LATER, late.get("outcome", then), late.get("seconds")
        if given is Answer.LATER:
            return _leave_pending(world, session, intent, method, then=then, after=after)
        if method["type"] == "card":
            return _refuse(world, intent, method, cards.NOT_AUTHENTICATED, charged=False)
        refusal = cards.TIMED_OUT if given is Answer.TIME_OUT else cards.REFUSED_BY_PAYER
        return _refuse(world, intent, method, refusal, charged=False)


def _challenge(world: World, session: JsonObject, intent: JsonObject, method: JsonObject) -> Outcome:
    kind = method["type"]
    if kind == "blik":
        action: JsonObject = {"type": "blik_authorize", "blik_authorize": {}}
    else:
        url = f"{world.settings.base_url}/c/pay/{session['id']}/confirm"
        action = {"type": "redirect_to_url", "redirect_to_url": {"return_url": session["success_url"], "url": url}}
    world.store.change(session, _challenge={"intent": intent["id"], "method": method["id"], "kind": kind})
    attempts.mark_waiting(world, intent, method, action)
    return Outcome(Result.CHALLENGED)


def _go_through(world: World, session: JsonObject, intent: JsonObject, method: JsonObject) -> Outcome:
    """Money moves, or a method is kept: charge, intent, session, then the balance transaction, in Stripe's order."""
    is_open = session["status"] != "complete"
    if is_open:
        sessions.give_customer(world, session, intent)
    charge = attempts.succeed(world, intent, method)
    if is_open:
        attempts.complete(world, session, intent, method)
    if charge is None:
        return Outcome(Result.KEPT)
    charges.book(world, charge)
    return Outcome(Result.PAID)


def _refuse(world: World, intent: JsonObject, method: JsonObject, refusal: Refusal, *, charged: bool) -> Outcome:
    return Outcome(Result.REFUSED, refusal=attempts.fail(world, intent, method, refusal, charged=charged))


def _leave_pending(
    world: World, session: JsonObject, intent: JsonObject, method: JsonObject, *, then: str, after: int | None
) -> Outcome:
    sessions.give_customer(world, session, intent)
    world.store.change(intent, payment_method=method["id"])
    intents.mark_processing(world, intent)
    sessions.mark_complete(world, session, status="unpaid")
    at = None if after is None else world.now() + int(after)
    schedule(world, "bank_answers", session, at=at, outcome=then)
    return Outcome(Result.PENDING)


@happens_later("bank_answers")
def _bank_answers(world: World, session: JsonObject, facts: JsonObject) -> None:
    unschedule(world, "bank_answers", session)
    intent = _kept(world, session["payment_intent"])
    method = _kept(world, intent["payment_method"])
    if facts["outcome"] == "fail":
        charge = charges.add(world, intent, method, cards.REFUSED_BY_BANK)
        intents.mark_failed(world, intent, cards.REFUSED_BY_BANK, method, charge)
        sessions.mark_confirmed(world, session, paid=False)
        return
    charge = charges.add(world, intent, method)
    intents.mark_succeeded(world, intent, charge)
    sessions.mark_confirmed(world, session, paid=True)
    charges.book(world, charge)


def _kept(world: World, identifier: str) -> JsonObject:
    obj = world.store.find(identifier)
    assert obj is not None, identifier
    return obj
