"""What a call that opens a checkout session may ask for, by its mode."""

from typing import Any
from urllib.parse import urlsplit

from stripe_sandbox import money
from stripe_sandbox.errors import ApiError, JsonObject, invalid, missing
from stripe_sandbox.objects import customer
from stripe_sandbox.world import World

_SHORTEST, _LONGEST = 30 * 60, 24 * 3600
#: Parameters that are kept and shown but change nothing here.
KEPT = (
    "billing_address_collection",
    "custom_text",
    "origin_context",
    "payment_method_collection",
    "consent_collection",
)
#: Parameters that are shown as they were sent.
AS_SENT = (
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
    *(*KEPT, *AS_SENT, *_IGNORED),
    *("currency", "customer", "customer_creation", "expires_at", "line_items", "metadata", "mode"),
    *("payment_intent_data", "setup_intent_data", "subscription_data", "ui_mode"),
}


#: Parameters that go with one mode alone.
_OF_MODE = {
    "payment_intent_data": ("payment",),
    "subscription_data": ("subscription",),
    "setup_intent_data": ("setup",),
    "line_items": ("payment", "subscription"),
    "submit_type": ("payment", "subscription"),
    "customer_creation": ("payment", "setup"),
    "payment_method_collection": ("subscription",),
}


def check_understood(params: dict[str, Any]) -> None:
    """Raise ApiError for a parameter that the mode doesn't have, or that the sandbox doesn't do."""
    mode = params.get("mode")
    if mode is None:
        raise missing("mode")
    for name, modes in _OF_MODE.items():
        if name in params and mode not in modes:
            raise invalid(f"You can not pass `{name}` in `{mode}` mode.", name)
    for name, value in params.items():
        # Switched off is the same as not sent: `allow_promotion_codes=false`.
        if name not in _UNDERSTOOD and value not in (False, {"enabled": False}, []):
            raise ApiError(f"The sandbox does not do {name} of checkout sessions.", status=501, param=name)
    reference = params.get("client_reference_id", "")
    if len(reference) > 200:
        raise invalid("Invalid string: must be at most 200 characters", "client_reference_id")


def check_urls(params: dict[str, Any], ui_mode: str) -> None:
    """Raise ApiError for an address that is missing, wrong or of another kind of page."""
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


def expiry(world: World, params: dict[str, Any]) -> int:
    """The second at which the session expires by itself."""
    now = world.now()
    at: int = params.get("expires_at", now + _LONGEST)
    if not now + _SHORTEST <= at <= now + _LONGEST:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session "
            "creation.",
            "expires_at",
        )
    return at


def payer(world: World, params: dict[str, Any]) -> JsonObject | None:
    """The customer that the call names, if it names one."""
    if "customer" in params and "customer_email" in params:
        raise ApiError(
            "You may only specify one of these parameters: customer, customer_email.",
            code="parameters_exclusive",
            param="customer_email",
        )
    if "customer_email" in params:
        customer.check_email(params["customer_email"], "customer_email")
    return customer.named(world, params["customer"]) if "customer" in params else None


def check_total(total: int, currency: str) -> None:
    """Raise ApiError for a sum that can't be charged."""
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
