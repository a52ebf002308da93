"""The billing portal: where a payer sees what is kept and taken, and changes it. Works without JavaScript."""

from dataclasses import dataclass

from stripe_sandbox import paying, portal
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.objects import billing_portal_session as sessions
from stripe_sandbox.pages import portal_html
from stripe_sandbox.pages.confirm import notice_page
from stripe_sandbox.pages.layout import redirect
from stripe_sandbox.pages.reply import Reply
from stripe_sandbox.pages.texts import language, told
from stripe_sandbox.paying import Result
from stripe_sandbox.world import World

_LONGEST_FIELD = 200
_FIELDS = ("email", "name", "number", "expiry", "cvc")


@dataclass(frozen=True)
class Visit:
    """One request to a portal that is open."""

    world: World
    session: JsonObject
    customer: JsonObject
    spoken: str
    method: str
    sent: dict[str, str]

    @property
    def is_post(self) -> bool:
        """Whether a form was sent."""
        return self.method == "POST"

    def at(self, *parts: str) -> str:
        """The address of a page of this portal."""
        return "/".join([self.session["url"], *parts])


def answer(
    world: World, identifier: str, rest: list[str], *, method: str, sent: dict[str, str], accept_language: str
) -> Reply:
    """The answer to a browser at an address below ``/p/session/{id}``."""
    session = world.store.get("billing_portal.session", identifier)
    spoken = language(session["locale"] if session else None, accept_language)
    customer = portal.customer_of(world, session) if session else None
    if session is None or customer is None:
        return notice_page(spoken, "portal_unknown", status=404)
    with world.act():
        is_open = sessions.touch(world, session)
    if not is_open:
        done = _after(session, spoken) if session["_done"] and method != "POST" else None
        return done or notice_page(spoken, "portal_unknown", status=410, link=_back(session))
    visit = Visit(world, session, customer, spoken, method, sent)
    with world.at_time_of(customer):
        return _page(visit, rest)


def _page(visit: Visit, rest: list[str]) -> Reply:
    # Each page is named by how many parts its address has and what the first of them is.
    kinds = {
        (0, ""): lambda: _home(visit),
        (1, "card"): lambda: _card(visit),
        (1, "confirm"): lambda: _confirm(visit),
        (2, "cancel"): lambda: _cancel(visit, rest[1]),
        (3, "method"): lambda: _method(visit, rest[1], rest[2]),
    }
    page = kinds.get((len(rest), rest[0] if rest else ""))
    return page() if page else notice_page(visit.spoken, "unknown", status=404)


def _home(visit: Visit, notice: str | None = None, status: int = 200) -> Reply:
    """The first page; of a session that was made for one thing, the page of that thing."""
    flow = visit.session["flow"]
    if flow is not None:
        return redirect(visit.at(*_of_flow(flow)))
    world, session = visit.world, visit.session
    view = portal_html.View(
        session=session,
        language=visit.spoken,
        now=world.now(),
        subscriptions=portal.subscriptions_of(world, session),
        methods=[each for each in portal.methods_of(world, session) if each["type"] in ("card", "blik")],
        default=portal.default_of(world, session),
        may_change=portal.may(world, session, "payment_method_update"),
        may_cancel=portal.may(world, session, "subscription_cancel"),
    )
    return portal_html.home(view, notice=notice, status=status)


def _of_flow(flow: JsonObject) -> tuple[str, ...]:
    if flow["type"] == "subscription_cancel":
        return "cancel", flow["subscription_cancel"]["subscription"]
    return ("card",)


def _card(visit: Visit) -> Reply:
    """The form to type a card."""
    world, session, spoken = visit.world, visit.session, visit.spoken
    if not portal.may(world, session, "payment_method_update"):
        return notice_page(spoken, "unknown", status=404)
    if not visit.is_post:
        known = paying.Form(method="card", email=visit.customer["email"] or "", name=visit.customer["name"] or "")
        return portal_html.card_form(session, spoken, known)
    typed = {name: visit.sent.get(name, "").strip()[:_LONGEST_FIELD] for name in _FIELDS}
    form = paying.Form(method="card", **typed)
    outcome = portal.begin_card(world, session, form)
    if outcome.result is Result.INVALID:
        return portal_html.card_form(session, spoken, form, errors=outcome.errors, status=422)
    if outcome.refusal is not None:
        why = told(outcome.refusal.code, outcome.refusal.decline_code)
        return portal_html.card_form(session, spoken, form, refusal=why, status=402)
    if outcome.result is Result.CHALLENGED:
        return redirect(visit.at("confirm"))
    return _onward(visit)


def _confirm(visit: Visit) -> Reply:
    """The page that stands for the bank."""
    if visit.session.get("_challenge") is None:
        return redirect(visit.at())
    given = visit.sent.get("answer")
    if not visit.is_post or given not in ("approve", "refuse"):
        return portal_html.confirm(visit.at("confirm"), visit.spoken)
    outcome = portal.answer_card(visit.world, visit.session, approve=given == "approve")
    if outcome.refusal is not None:
        known = paying.Form(method="card", email=visit.customer["email"] or "")
        return portal_html.card_form(visit.session, visit.spoken, known, refusal=outcome.refusal.code, status=402)
    return _onward(visit)


def _cancel(visit: Visit, identifier: str) -> Reply:
    """A page with one button that cancels, or that takes a cancellation back."""
    world, session = visit.world, visit.session
    own = {each["id"]: each for each in portal.subscriptions_of(world, session)}
    if identifier not in own or not portal.may(world, session, "subscription_cancel"):
        return notice_page(visit.spoken, "unknown", status=404)
    subscription = own[identifier]
    if visit.is_post and visit.sent.get("answer") == "keep":
        portal.keep_going(world, subscription)
        return redirect(visit.at())
    if visit.is_post:
        if not subscription["cancel_at_period_end"]:
            portal.cancel(world, session, subscription)
        return _onward(visit)
    mode = portal.configuration_of(world, session)["features"]["subscription_cancel"]["mode"]
    now = world.now()
    return portal_html.cancel(session, visit.spoken, subscription, now=now, immediately=mode == "immediately")


def _method(visit: Visit, identifier: str, act: str) -> Reply:
    """Use a kept method for everything, or remove it: buttons of the first page."""
    world, session = visit.world, visit.session
    method = world.store.get("payment_method", identifier)
    known = method is not None and method["customer"] == session["customer"] and act in ("default", "remove")
    if method is None or not known or not portal.may(world, session, "payment_method_update"):
        return notice_page(visit.spoken, "unknown", status=404)
    if not visit.is_post:
        return redirect(visit.at())
    if act == "default":
        portal.make_default(world, session, method)
    elif not portal.remove(world, session, method):
        return _home(visit, notice="is_needed", status=409)
    return redirect(visit.at())


def _onward(visit: Visit) -> Reply:
    return _after(visit.session, visit.spoken) if visit.session["_done"] else redirect(visit.at())


def _after(session: JsonObject, spoken: str) -> Reply:
    """Where a session that was made for one thing leads when that is done."""
    completion = session["flow"]["after_completion"]
    if completion["type"] == "redirect":
        return redirect(completion["redirect"]["return_url"])
    message = (completion["hosted_confirmation"] or {}).get("custom_message")
    return notice_page(spoken, "done", link=_back(session), text=message)


def _back(session: JsonObject) -> tuple[str, str] | None:
    return ("portal_back", session["return_url"]) if session["return_url"] else None
