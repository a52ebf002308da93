"""Which ways to pay the sandbox has, and which of them a call may use."""

from typing import Any

from stripe_sandbox.errors import ApiError, invalid
from stripe_sandbox.world import World

#: Each way to pay with its currencies; None for all.
_CURRENCIES: dict[str, set[str] | None] = {"card": None, "blik": {"pln"}, "p24": {"pln", "eur"}}


def eligible(params: dict[str, Any], currency: str, noun: str) -> list[str]:
    """The ways to pay in this currency, narrowed as the call says; ApiError when none is left for the ``noun``."""
    known = [name for name, currencies in _CURRENCIES.items() if currencies is None or currency in currencies]
    return _narrowed(known, params, noun)


def recurring(world: World, params: dict[str, Any], noun: str, currency: str | None = None) -> list[str]:
    """The ways to pay that can be charged again without the payer, narrowed alike.

    BLIK is one of them only for an account that has this; Przelewy24 never is.
    """
    blik = world.settings.blik_recurring and currency in (None, "pln")
    return _narrowed(["card", "blik"] if blik else ["card"], params, noun)


def _narrowed(known: list[str], params: dict[str, Any], noun: str) -> list[str]:
    allowed, excluded = params.get("allowed_payment_method_types"), params.get("excluded_payment_method_types", [])
    if allowed is not None and excluded:
        raise ApiError(
            "You may only specify one of these parameters: allowed_payment_method_types, "
            "excluded_payment_method_types.",
            code="parameters_exclusive",
            param="excluded_payment_method_types",
        )
    methods = [name for name in known if (allowed is None or name in allowed) and name not in excluded]
    if not methods:
        param = "excluded_payment_method_types" if excluded else "allowed_payment_method_types"
        raise invalid(f"No valid payment method types for this {noun}.", param)
    return methods
