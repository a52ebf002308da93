"""Money in another currency than the books': what a part of it was worth when it came, and what the rate has done since."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from ledger.accounts import GENERAL, STRIPE_CLEARING, fund_account
from ledger.models import EntryKind, FundUse
from ledger.operations import Line, post
from payments.failures import FailureKind
from payments.models import BalanceMovement, Charge
from payments.provider import MovementFacts, ProviderUnavailable


class WorthUnknown(ProviderUnavailable):
    """What a foreign charge is worth isn't known yet, so nothing of it can go back in the books. To be expected while its
    balance movement is late.

    It is no usable answer of the provider's, so whoever asked it asks again later.
    """

    def __init__(self, *, charge_ref: str) -> None:
        self.charge_ref = charge_ref
        super().__init__(kind=FailureKind.STILL_PENDING, code=f"worth unknown: {charge_ref}")


def worth_when_given(*, charge: Charge, amount_minor: int) -> int:
    """`amount_minor` of a charge's currency in grosze, at the rate at which the charge was booked; half up to a grosz.

    Of a charge in złoty it is the sum itself. Raises WorthUnknown until the charge is booked.
    """
    if charge.booked_minor is None:
        raise WorthUnknown(charge_ref=charge.ref)
    return (2 * amount_minor * charge.booked_minor + charge.amount_minor) // (2 * charge.amount_minor)


def paid_for(*, charge: Charge, booked_minor: int) -> int:
    """What `booked_minor` grosze of a booked charge are in the currency it was paid in: `worth_when_given`, backwards."""
    worth = charge.booked_minor or charge.amount_minor
    return min(charge.amount_minor, (2 * booked_minor * charge.amount_minor + worth) // (2 * worth))


def moved_of(*, movement: MovementFacts, most_minor: int) -> int:
    """What a movement in grosze was in the currency of its source, by its own rate; half up. `most_minor` where the provider
    names no rate, and never more."""
    if movement.rate is None:
        return most_minor
    exact = abs(movement.amount_minor) / movement.rate
    return min(most_minor, int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)))


def book_difference(*, movement: BalanceMovement, booked_minor: int, now: datetime) -> None:
    """Book what the movement says beyond what its own entry moved clearing by: the rate has changed since the gift.

    Both in grosze, below zero when taken. The difference is GENERAL's loss, or gain. Called in the database transaction of
    the movement's own entry.
    """
    difference = movement.amount_minor - booked_minor
    if not difference:
        return
    post(
        reference=f"fx:{movement.ref}",
        kind=EntryKind.FX,
        event_at=movement.created_at,
        lines=[
            Line(account=STRIPE_CLEARING, amount_minor=difference),
            Line(account=fund_account(GENERAL, FundUse.LOSSES), amount_minor=-difference),
        ],
        now=now,
    )
