"""Money in another currency than the books': what a part of it was worth when it came, and what the rate has done since."""

from datetime import datetime

from ledger.accounts import GENERAL, STRIPE_CLEARING, fund_account
from ledger.models import EntryKind, FundUse
from ledger.operations import Line, post
from payments.models import BalanceMovement, Charge


def worth_when_given(*, charge: Charge, amount_minor: int) -> int:
    """`amount_minor` of a charge's currency in grosze, at the rate at which the charge was booked; half up to a grosz.

    Of a charge in złoty it is the sum itself. The charge has to be booked.
    """
    if charge.booked_minor is None:
        raise AssertionError("what a charge is worth is known once it is booked")
    return (2 * amount_minor * charge.booked_minor + charge.amount_minor) // (2 * charge.amount_minor)


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
