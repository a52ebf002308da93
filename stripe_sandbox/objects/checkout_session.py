"""Checkout sessions in payment mode: the page a payer is sent to, and what came of it."""

from typing import Any
from urllib.parse import urlsplit

from stripe_sandbox import metadata, money
from stripe_sandbox.agenda import cancel as unschedule
from stripe_sandbox.agenda import happens_later, schedule
from stripe_sandbox.errors import ApiError, JsonObject, invalid, missing
from stripe_sandbox.kinds import Call, Page, answers, presents
from stripe_sandbox.listing import page
from stripe_sandbox.methods import eligible
from stripe_sandbox.objects import customer, line_item, payment_intent
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

_SHORTEST, _LONGEST = 30 * 60, 24 * 3600
#: Parameters that are kept and shown but change nothing here.
_KEPT = (
    "billing_address_collection",
    "custom_text",
    "origin_context",
    "payment_method_collection",
    "consent_collection",
)
#: Parameters that are shown as they were sent.
_AS_SENT = (
    "allowed_payment_method_types",
    "cancel_url",
    "client_reference_id",
    "customer_email",
    "excluded_payment_method_types",
    "locale",
    "return_url",
    "submit_type",
    "success_url",
)
_IGNORED = {
    "expand",
    "payment_method_options",
    "payment_method_configuration",
    "branding_settings",
    "wallet_options",
    "integration_identifier",
}
_UNDERSTOOD = {
    *(*_KEPT, *_AS_SENT, *_IGNORED),
    *("currency", "customer", "customer_creation", "expires_at", "line_items", "metadata", "mode"),
    *("payment_intent_data", "ui_mode"),
}


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
        "mode": "payment",
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
    _check_understood(params)
    ui_mode = params.get("ui_mode", "hosted_page")
    _check_urls(params, ui_mode)
    expires_at = _expiry(world, params)
    who = _payer(world, params)
    if not params.get("line_items"):
        raise missing("line_items")
    items = line_item.build(world, params["line_items"])
    total, currency = sum(item["amount_total"] for item in items), items[0]["currency"]
    _check_total(total, currency)
    identifier = world.ids.new("checkout.session")
    hosted = ui_mode == "hosted_page"
    session = {
        **_blank(),
        "id": identifier,
        "object": "checkout.session",
        **{name: params.get(name) for name in (*_KEPT, *_AS_SENT)},
        "amount_subtotal": total,
        "amount_total": total,
        "client_secret": None if hosted else f"{identifier}_secret_{world.ids.new('client_secret')}",
        "created": world.now(),
        "currency": currency,
        "custom_text": params.get("custom_text")
        or dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        "customer": who["id"] if who else None,
        "customer_creation": None if who else params.get("customer_creation", "if_required"),
        "customer_details": _details(who["email"] if who else params.get("customer_email")),
        "expires_at": expires_at,
        "metadata": metadata.merged({}, params.get("metadata")),
        "payment_method_collection": params.get("payment_method_collection", "if_required"),
        "payment_method_types": eligible(params, currency, "Checkout Session"),
        "ui_mode": ui_mode,
        "url": f"/c/pay/{identifier}" if hosted else None,
        "_line_items": items,
        "_intent_data": params.get("payment_intent_data", {}),
        "_challenge": None,
    }
    world.store.add(session)
    schedule(world, "session_expires", session, at=expires_at)
    return session


def _check_understood(params: dict[str, Any]) -> None:
    mode = params.get("mode")
    if mode is None:
        raise missing("mode")
    if mode != "payment":
        raise ApiError(f"The sandbox has no checkout sessions in mode={mode}.", status=501, param="mode")
    for name, value in params.items():
        # Switched off is the same as not sent: `allow_promotion_codes=false`.
        if name not in _UNDERSTOOD and value not in (False, {"enabled": False}, []):
            raise ApiError(f"The sandbox does not do {name} of checkout sessions.", status=501, param=name)
    reference = params.get("client_reference_id", "")
    if len(reference) > 200:
        raise invalid("Invalid string: must be at most 200 characters", "client_reference_id")


def _check_urls(params: dict[str, Any], ui_mode: str) -> None:
    needed = "success_url" if ui_mode == "hosted_page" else "return_url" if ui_mode == "embedded_page" else None
    if needed and needed not in params:
        raise missing(needed)
    if ui_mode == "hosted_page" and "return_url" in params:
        raise invalid("You cannot use `return_url` with `ui_mode: hosted_page`.", "return_url")
    if ui_mode != "hosted_page" and ("cancel_url" in params or "success_url" in params):
        name = "cancel_url" if "cancel_url" in params else "success_url"
        raise invalid(f"You cannot use `{name}` with `ui_mode: {ui_mode}`.", name)
    for name in ("success_url", "cancel_url", "return_url"):
        if name not in params:
            continue
        parts = urlsplit(params[name])
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise invalid("Not a valid URL", name, "url_invalid")


def _expiry(world: World, params: dict[str, Any]) -> int:
    now = world.now()
    at: int = params.get("expires_at", now + _LONGEST)
    if not now + _SHORTEST <= at <= now + _LONGEST:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session "
            "creation.",
            "expires_at",
        )
    return at


def _payer(world: World, params: dict[str, Any]) -> JsonObject | None:
    if "customer" in params and "customer_email" in params:
        raise ApiError(
            "You may only specify one of these parameters: customer, customer_email.",
            code="parameters_exclusive",
            param="customer_email",
        )
    if "customer_email" in params:
        customer.check_email(params["customer_email"], "customer_email")
    return customer.named(world, params["customer"]) if "customer" in params else None


def _check_total(total: int, currency: str) -> None:
    if total < money.least(currency):
        raise ApiError(
            "The Checkout Session's total amount due must add up to at least "
            f"{money.written(money.least(currency), currency)}",
            code="amount_too_small",
            param="line_items",
        )
    if total > money.most():
        raise ApiError(
            f"The Checkout Session's total amount must be no more than {money.written(money.most(), currency)}",
            code="amount_too_large",
            param="line_items",
        )


def _details(email: str | None, name: str | None = None) -> JsonObject | None:
    if email is None:
        return None
    details = dict.fromkeys(("address", "business_name", "individual_name", "phone"))
    return {**details, "email": email, "name": name, "tax_exempt": "none", "tax_ids": []}


def set_payer(world: World, session: JsonObject, email: str, name: str | None) -> None:
    """Note who pays, as typed on the page; makes the customer that the session asked for."""
    world.store.change(session, customer_details=_details(email, name))
    if session["customer"] is None and session["customer_creation"] == "always":
        made = customer.build(world, {"email": email, "name": name or ""})
        world.store.change(session, customer=made["id"])


def mark_complete(world: World, session: JsonObject, *, paid: bool) -> None:
    """The payer is through; a bank may still have to confirm."""
    unschedule(world, "session_expires", session)
    world.store.change(session, status="complete", payment_status="paid" if paid else "unpaid", _challenge=None)
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
    intent = world.store.get("payment_intent", session["payment_intent"] or "")
    if intent is not None and intent["status"] not in ("succeeded", "canceled"):
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

    return page(call, "checkout.session", url="/v1/checkout/sessions", where=is_asked_for)


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
