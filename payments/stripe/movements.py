"""Stripe's types of balance transactions in our words. BLIK and Przelewy24 come as `payment`, cards as `charge`."""

from payments.provider import MovementKind

KINDS: dict[str, MovementKind] = {
    "charge": MovementKind.CHARGE,
    "payment": MovementKind.CHARGE,
    "refund": MovementKind.REFUND,
    "payment_refund": MovementKind.REFUND,
    "refund_failure": MovementKind.REFUND_FAILED,
    "payment_failure_refund": MovementKind.REFUND_FAILED,
    "stripe_fee": MovementKind.FEE,
    "stripe_fx_fee": MovementKind.FEE,
    "tax_fee": MovementKind.FEE,
    "payout": MovementKind.PAYOUT,
    "payout_cancel": MovementKind.PAYOUT,
    "payout_failure": MovementKind.PAYOUT,
}
ADJUSTMENTS: dict[str, MovementKind] = {
    "dispute": MovementKind.DISPUTE,
    "dispute_reversal": MovementKind.DISPUTE,
}
"""The type `adjustment` says nothing by itself: the reporting category says what was adjusted."""


def movement_kind(stripe_type: str, *, category: str) -> MovementKind:
    """Our kind. What is neither known by its type nor by its reporting category is OTHER: mirrored and named to staff,
    never booked by a guess."""
    if stripe_type == "adjustment":
        return ADJUSTMENTS.get(category, MovementKind.OTHER)
    return KINDS.get(stripe_type, MovementKind.OTHER)
