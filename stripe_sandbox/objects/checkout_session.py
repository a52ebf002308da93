"""Checkout sessions: the page a payer is sent to, to pay, to subscribe or to keep a card, and what came of it."""

from typing import Any

from stripe_sandbox import metadata, money, recurrence
from stripe_sandbox.agenda import cancel as unschedule
from stripe_sandbox.agenda import happens_later, schedule
from stripe_sandbox.errors import ApiError, JsonObject, invalid, missing
from stripe_sandbox.kinds import Call, Page, answers, presents
from stripe_sandbox.listing import asked, page
from stripe_sandbox.methods import eligible, recurring
from stripe_sandbox.objects import checkout_request as request
from stripe_sandbox.objects import customer, line_item, payment_intent, setup_intent
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

#: Whether a method is asked for though nothing is due, where the call doesn't say.
_COLLECTED = {"subscription": "always"}


def _blank() -> JsonObject:
    """The fields that every new session has alike."""
    return {
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "collected_information": None,
        "consent": None,
        "currency_conversion": None,
        "custom_fields": [],
        "customer_account": None,
        "discounts": [],
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "subscription": None,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "wallet_options": None,
    }


@answers("POST", "/v1/checkout/sessions")
def create_session(call: Call) -> JsonObject:
    """Open a session; its page is at ``url``."""
    world, params = call.world, call.params
    request.check_understood(params)
    mode, ui_mode = params["mode"], params.get("ui_mode", "hosted_page")
    request.check_urls(params, ui_mode)
    expires_at = request.expiry(world, params)
    who = request.payer(world, params)
    identifier = world.ids.new("checkout.session")
    hosted = ui_mode == "hosted_page"
    session = {
        **_blank(),
        "id": identifier,
        "object": "checkout.session",
        **{name: params.get(name) for name in (*request.KEPT, *request.AS_SENT)},
        "client_secret": None if hosted else f"{identifier}_secret_{world.ids.new('client_secret')}",
        "created": world.now(),
        "custom_text": params.get("custom_text")
        or dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        "customer": who["id"] if who else None,
        "customer_creation": None if who else _customer_creation(params),
        "customer_details": _details(who["email"] if who else params.get("customer_email")),
        "expires_at": expires_at,
        "metadata": metadata.merged({}, params.get("metadata")),
        "mode": mode,
        "payment_method_collection": params.get("payment_method_collection", _COLLECTED.get(mode, "if_required")),
        "ui_mode": ui_mode,
        "url": f"/c/pay/{identifier}" if hosted else None,
        "_intent_data": params.get("payment_intent_data", {}),
        "_subscription_data": params.get("subscription_data", {}),
        # The intent of the present attempt, of either kind.
        "_intent": None,
        "_challenge": None,
    }
    with world.at_time_of(who or {}):
        session.update(_to_keep(world, params, who) if mode == "setup" else _to_pay(world, params))
    world.store.add(session)
    schedule(world, "session_expires", session, at=expires_at)
    return session


def _customer_creation(params: dict[str, Any]) -> str:
    return "always" if params["mode"] == "subscription" else params.get("customer_creation", "if_required")


def _to_pay(world: World, params: dict[str, Any]) -> JsonObject:
    """What a session in payment or subscription mode is about: its items, what is due of them now, ways to pay it."""
    mode = params["mode"]
    if not params.get("line_items"):
        raise missing("line_items")
    items = line_item.build(world, params["line_items"], mode)
    currency = items[0]["currency"]
    if mode == "subscription":
        data = params.get("subscription_data", {})
        recurrence.check(world, items, data)
        plan = recurrence.plan_of(world.now(), items, data)
        items = [line_item.due(item, part) for item, part in zip(items, plan.parts, strict=True)]
        methods = recurring(world, params, "Checkout Session", currency)
        request.check_total(plan.recurring, currency)
    else:
        methods = eligible(params, currency, "Checkout Session")
    total = sum(item["amount_total"] for item in items)
    if not total and params.get("payment_method_collection") == "if_required":
        param = "payment_method_collection"
        raise ApiError("The sandbox begins no subscription without a payment method.", status=501, param=param)
    if mode == "payment" or total:
        request.check_total(total, currency)
    return {
        "amount_subtotal": total,
        "amount_total": total,
        "currency": currency,
        "payment_method_types": methods,
        "_line_items": items,
    }


def _to_keep(world: World, params: dict[str, Any], who: JsonObject | None) -> JsonObject:
    """What a session in setup mode is about: ways to pay that can be kept, and the intent to keep one."""
    if "currency" not in params and "allowed_payment_method_types" not in params:
        raise missing("currency")
    currency = params["currency"].lower() if "currency" in params else None
    if currency is not None and not money.is_known(currency):
        raise invalid(f"Invalid currency: {currency}.", "currency")
    methods = recurring(world, params, "Checkout Session", currency)
    data = params.get("setup_intent_data", {})
    intent = setup_intent.add(world, methods=methods, customer_id=who["id"] if who else None, data=data)
    return {
        "amount_subtotal": None,
        "amount_total": None,
        "currency": currency,
        "payment_method_types": methods,
        "payment_status": "no_payment_required",
        "setup_intent": intent["id"],
        "total_details": None,
        "_intent": intent["id"],
        "_line_items": [],
    }


def _details(email: str | None, name: str | None = None) -> JsonObject | None:
    if email is None:
        return None
    details = dict.fromkeys(("address", "business_name", "individual_name", "phone"))
    return {**details, "email": email, "name": name, "tax_exempt": "none", "tax_ids": []}


def set_payer(world: World, session: JsonObject, email: str, name: str | None) -> None:
    """Note who pays, as typed on the page."""
    world.store.change(session, customer_details=_details(email, name))


def give_customer(world: World, session: JsonObject, intent: JsonObject) -> None:
    """Make the customer that the session asked for, now that the payer is through."""
    if session["customer"] is None and session["customer_creation"] == "always":
        details = session["customer_details"]
        made = customer.build(world, {"email": details["email"], "name": details["name"] or ""})
        world.store.change(session, customer=made["id"])
    if intent["customer"] is None and session["customer"] is not None:
        world.store.change(intent, customer=session["customer"])


def mark_complete(world: World, session: JsonObject, *, status: str, **facts: Any) -> None:
    """The payer is through; ``status`` says whether it is paid: a bank may still have to confirm."""
    unschedule(world, "session_expires", session)
    world.store.change(session, status="complete", payment_status=status, _challenge=None, **facts)
    emit(world, "checkout.session.completed", session)


def mark_confirmed(world: World, session: JsonObject, *, paid: bool) -> None:
    """The bank's answer to a session that was complete and unpaid."""
    world.store.change(session, payment_status="paid" if paid else "unpaid")
    outcome = "succeeded" if paid else "failed"
    emit(world, f"checkout.session.async_payment_{outcome}", session)


@happens_later("session_expires")
def _expire(world: World, session: JsonObject, _: JsonObject) -> None:
    if session["status"] != "open":
        return
    unschedule(world, "session_expires", session)
    world.store.change(session, status="expired", _challenge=None)
    intent = world.store.find(session["_intent"] or "")
    if intent is not None and intent["status"] not in ("succeeded", "canceled"):
        if intent["object"] == "setup_intent":
            setup_intent.cancel(world, intent, "abandoned")
        else:
            payment_intent.cancel(world, intent, "expired")
    emit(world, "checkout.session.expired", session)


@presents("checkout.session")
def _with_url(world: World, session: JsonObject) -> JsonObject:
    """The page's full address while the session is open; Stripe too shows none afterwards."""
    url = session["url"]
    return {**session, "url": world.settings.base_url + url if url and session["status"] == "open" else None}


@answers("GET", "/v1/checkout/sessions")
def list_sessions(call: Call) -> Page:
    """Sessions by customer, payment intent, status, e-mail and time."""
    params = call.params
    email = params.get("customer_details", {}).get("email")

    def is_asked_for(session: JsonObject) -> bool:
        same = all(
            session[name] == params[name]
            for name in ("customer", "payment_intent", "payment_link", "status", "subscription")
            if name in params
        )
        return same and (email is None or (session["customer_details"] or {}).get("email") == email)

    among = asked(params, "payment_intent", "subscription", "customer")
    return page(call, "checkout.session", url="/v1/checkout/sessions", where=is_asked_for, among=among)


@answers("GET", "/v1/checkout/sessions/{}")
def retrieve_session(call: Call) -> JsonObject:
    """One session."""
    return call.own("checkout.session", "checkout.session")


@answers("POST", "/v1/checkout/sessions/{}")
def update_session(call: Call) -> JsonObject:
    """Change a session's metadata."""
    session = call.own("checkout.session", "checkout.session")
    for name in call.params:
        if name not in ("metadata", "expand"):
            raise ApiError(f"The sandbox cannot change {name} of a checkout session.", status=501, param=name)
    return call.world.store.change(session, metadata=metadata.merged(session["metadata"], call.params.get("metadata")))


@answers("POST", "/v1/checkout/sessions/{}/expire")
def expire_session(call: Call) -> JsonObject:
    """Close an open session, so that nobody can pay it any more."""
    session = call.own("checkout.session", "checkout.session")
    if session["status"] != "open":
        raise ApiError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"{session['status']}.",
            param="session",
        )
    _expire(call.world, session, {})
    return session
