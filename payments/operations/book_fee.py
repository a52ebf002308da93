"""Booking the provider's fee of one charge, from its balance movement: the only source of it."""

from datetime import datetime

from core.money import split_by_largest_remainder
from ledger.accounts import ADMIN, GENERAL, STRIPE_CLEARING, fund_account
from ledger.models import EntryKind, FundUse, JournalEntry
from ledger.operations import Line, post
from payments.models import BalanceMovement, Charge, ChargeOutcome, Donation, LinedUpGift
from payments.operations.book_share import share_of_gift
from payments.queries.shares import left_of_gift, shares_in_books, shares_of_donation, split_capped


def book_fee(*, charge: Charge, now: datetime, is_fresh: bool = False) -> None:
    """Book the fee once. It falls on the gift's funds by largest remainder of the gross.

    `is_fresh`: gift and fee became known in this very database transaction, so neither fee nor refund can stand yet.

    What no longer fits because the gift went back before its fee was known falls on GENERAL, and all of it once the gift
    stands on its funds' lines; the fee of money that
    nobody can place falls on ADMIN. Called with the donation's row locked.
    """
    movement = charge.movement
    if movement is None or movement.fee_minor == 0:
        return
    reference = f"fee:{movement.ref}"
    if not is_fresh and JournalEntry.objects.filter(reference=reference).exists():
        return
    parts = _parts(charge=charge, fee_minor=movement.fee_minor, is_fresh=is_fresh)
    _post_fee(movement=movement, parts=parts, now=now)


def book_account_fee(*, movement: BalanceMovement, fee_minor: int, now: datetime) -> None:
    """Book a fee that the provider took of its own accord, or for a payout: it falls on ADMIN. Of nothing, nothing."""
    if fee_minor:
        _post_fee(movement=movement, parts={ADMIN: fee_minor}, now=now)


def _parts(*, charge: Charge, fee_minor: int, is_fresh: bool) -> dict[str, int]:
    donation = charge.donation
    if charge.outcome != ChargeOutcome.GIFT or donation is None:
        return {ADMIN: fee_minor}
    if not is_fresh and LinedUpGift.objects.filter(donation=donation).exists():
        return {GENERAL: fee_minor}
    shares = shares_of_donation(donation=donation)
    wanted = dict(zip(shares, split_by_largest_remainder(total=fee_minor, weights=list(shares.values())), strict=True))
    left = _left_at_once(charge, donation) if is_fresh else left_of_gift(charge=charge, funds=list(shares))
    parts = {code: min(part, max(0, left[code])) for code, part in wanted.items()}
    rest = fee_minor - sum(parts.values())
    for code, more in split_capped(total=rest, shares={c: left[c] - parts[c] for c in parts}).items():
        parts[code] += more
    parts[GENERAL] = parts.get(GENERAL, 0) + fee_minor - sum(parts.values())
    return parts


def _left_at_once(charge: Charge, donation: Donation) -> dict[str, int]:
    """What is left of a gift of this very database transaction: all but its share."""
    parts = shares_in_books(donation=donation, gross_minor=charge.booked_minor or 0)
    share = share_of_gift(donation=donation, parts=parts)
    return {code: part - share.get(code, 0) for code, part in parts.items()}


def _post_fee(*, movement: BalanceMovement, parts: dict[str, int], now: datetime) -> None:
    lines = [Line(account=fund_account(code, FundUse.FEES), amount_minor=part) for code, part in parts.items() if part]
    post(
        reference=f"fee:{movement.ref}",
        kind=EntryKind.PROCESSOR_FEE,
        event_at=movement.created_at,
        lines=[*lines, Line(account=STRIPE_CLEARING, amount_minor=-sum(parts.values()))],
        now=now,
    )
