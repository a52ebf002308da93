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
    "adjustment": MovementKind.DISPUTE,
    "payment_reversal": MovementKind.DISPUTE,
}


def movement_kind(stripe_type: str) -> MovementKind:
    """Our kind. Types of products that we don't use are OTHER: mirrored and named to staff, never booked by a guess."""
    return KINDS.get(stripe_type, MovementKind.OTHER)
