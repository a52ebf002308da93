"""What a payer does in the billing portal: types a card, chooses or removes one, cancels a subscription."""

from stripe_sandbox import cards, kinds
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.objects import billing_portal_configuration as configurations
from stripe_sandbox.objects import customer as customers
from stripe_sandbox.objects import payment_method
from stripe_sandbox.objects import setup_intent as setups
from stripe_sandbox.payer_form import Form, errors_in, method_of
from stripe_sandbox.paying import Outcome, Result
from stripe_sandbox.world import World

_ENDED = ("canceled", "incomplete_expired")


def customer_of(world: World, session: JsonObject) -> JsonObject | None:
    """Whose portal it is; None when the customer was erased."""
    who = world.store.get("customer", session["customer"])
    return None if who is None or who.get("deleted") else who


def configuration_of(world: World, session: JsonObject) -> JsonObject:
    """What the portal allows, as it is now."""
    configuration = world.store.get("billing_portal.configuration", session["configuration"])
    assert configuration is not None
    return configuration


def may(world: World, session: JsonObject, feature: str) -> bool:
    """Whether a payer may do this here: the configuration allows it, and a session made for one thing has no other."""
    flow = session["flow"]
    only = flow["type"] if flow else None
    return only in (None, feature) and configurations.allows(configuration_of(world, session), feature)


def methods_of(world: World, session: JsonObject) -> list[JsonObject]:
    """What is kept for the customer, newest first."""
    return list(world.store.where("payment_method", "customer", session["customer"], newest_first=True))


def subscriptions_of(world: World, session: JsonObject) -> list[JsonObject]:
    """The customer's subscriptions that have not ended, as the API shows them and with ``_name``, newest first."""
    kept = world.store.where("subscription", "customer", session["customer"], newest_first=True)
    shown = [kinds.shown(world, each) for each in kept if each["status"] not in _ENDED]
    return [{**each, "_name": each["description"] or _products(world, each)} for each in shown]


def _products(world: World, subscription: JsonObject) -> str:
    """The names of what a subscription is for."""
    products = [world.store.find(item["price"]["product"]) for item in subscription["items"]["data"]]
    return ", ".join(product["name"] for product in products if product is not None)


def default_of(world: World, session: JsonObject) -> str | None:
    """The id of the method that is charged unless a subscription says otherwise."""
    who = customer_of(world, session)
    return who["invoice_settings"]["default_payment_method"] if who else None


def begin_card(world: World, session: JsonObject, form: Form) -> Outcome:
    """Try to keep the card that was typed and charge the customer's subscriptions to it from now on."""
    errors = errors_in(world, form, ["card"])
    if errors:
        return Outcome(Result.INVALID, errors)
    with world.act():
        intent = setups.add(world, methods=["card"], customer_id=session["customer"])
        method = method_of(world, form)
        refusal = payment_method.refusal(world, method, attended=True)
        if refusal is not None:
            setups.mark_failed(world, intent, refusal, method)
            return Outcome(Result.REFUSED, refusal=refusal)
        if payment_method.asks(method):
            url = f"{world.settings.base_url}{session['url']}/confirm"
            asked = {"redirect_to_url": {"return_url": session["return_url"], "url": url}, "type": "redirect_to_url"}
            setups.mark_waiting(world, intent, method, asked)
            world.store.change(session, _challenge={"intent": intent["id"], "method": method["id"]})
            return Outcome(Result.CHALLENGED)
        _keep(world, session, intent, method)
        return Outcome(Result.KEPT)


def answer_card(world: World, session: JsonObject, *, approve: bool) -> Outcome:
    """What the payer says to the bank's question about the card."""
    challenge = session.get("_challenge")
    if challenge is None:
        return Outcome(Result.CLOSED)
    intent, method = world.store.find(challenge["intent"]), world.store.find(challenge["method"])
    assert intent is not None
    assert method is not None
    with world.act():
        world.store.change(session, _challenge=None)
        if not approve:
            setups.refuse_authentication(world, intent, method)
            return Outcome(Result.REFUSED, refusal=cards.SETUP_NOT_AUTHENTICATED)
        _keep(world, session, intent, method)
        return Outcome(Result.KEPT)


def _keep(world: World, session: JsonObject, intent: JsonObject, method: JsonObject) -> None:
    setups.mark_succeeded(world, intent, method)
    make_default(world, session, method)
    _complete(world, session)


def make_default(world: World, session: JsonObject, method: JsonObject) -> None:
    """Charge the customer, and each subscription that has a method of its own, to this one."""
    with world.act():
        who = customer_of(world, session)
        if who is not None:
            customers.set_default(world, who, method["id"])
        for subscription in subscriptions_of(world, session):
            if subscription["default_payment_method"] not in (None, method["id"]):
                _update(world, subscription["id"], default_payment_method=method["id"])


def is_needed(world: World, session: JsonObject, method: JsonObject) -> bool:
    """Whether a subscription would have nothing to be charged to without this method."""
    default = default_of(world, session)
    return any(
        (subscription["default_payment_method"] or default) == method["id"]
        for subscription in subscriptions_of(world, session)
    )


def remove(world: World, session: JsonObject, method: JsonObject) -> bool:
    """Keep a method no more; False when a subscription needs it."""
    if is_needed(world, session, method):
        return False
    with world.act():
        payment_method.detach(world, method)
    return True


def cancel(world: World, session: JsonObject, subscription: JsonObject) -> None:
    """Cancel a subscription now or at the end of its period, as the configuration says."""
    mode = configuration_of(world, session)["features"]["subscription_cancel"]["mode"]
    with world.act():
        if mode == "immediately":
            _call(world, "DELETE /v1/subscriptions/{}", subscription["id"])
        else:
            _update(world, subscription["id"], cancel_at_period_end=True)
        _complete(world, session)


def keep_going(world: World, subscription: JsonObject) -> None:
    """Don't cancel it at the end of its period after all."""
    with world.act():
        _update(world, subscription["id"], cancel_at_period_end=False)


def _complete(world: World, session: JsonObject) -> None:
    """A session made for one thing is over with it, unless it goes on to the portal's first page."""
    flow = session["flow"]
    if flow and flow["after_completion"]["type"] != "portal_homepage":
        world.store.change(session, _done=True)
    elif flow:
        world.store.change(session, flow=None)


def _update(world: World, subscription: str, **params: object) -> None:
    _call(world, "POST /v1/subscriptions/{}", subscription, **params)


def _call(world: World, route: str, identifier: str, **params: object) -> None:
    """Do what a call of the API does."""
    handler = kinds.handler_for(route)
    assert handler is not None, route
    handler(kinds.Call(world, (identifier,), params))
