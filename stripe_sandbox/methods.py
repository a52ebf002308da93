"""Which ways to pay the sandbox has, and which of them a call may use."""

from typing import Any

from stripe_sandbox.errors import ApiError, invalid

#: Each way to pay with its currencies; None for all.
_CURRENCIES: dict[str, set[str] | None] = {"card": None, "blik": {"pln"}, "p24": {"pln", "eur"}}


def eligible(params: dict[str, Any], currency: str, noun: str) -> list[str]:
    """The ways to pay in this currency, narrowed as the call says; ApiError when none is left for the ``noun``."""
    allowed, excluded = params.get("allowed_payment_method_types"), params.get("excluded_payment_method_types", [])
    if allowed is not None and excluded:
        raise ApiError(
            "You may only specify one of these parameters: allowed_payment_method_types, "
            "excluded_payment_method_types.",
            code="parameters_exclusive",
            param="excluded_payment_method_types",
        )
    methods = [
        name
        for name, currencies in _CURRENCIES.items()
        if (currencies is None or currency in currencies)
        and (allowed is None or name in allowed)
        and name not in excluded
    ]
    if not methods:
        param = "excluded_payment_method_types" if excluded else "allowed_payment_method_types"
        raise invalid(f"No valid payment method types for this {noun}.", param)
    return methods
