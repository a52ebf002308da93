"""How a donation is divided over its funds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from django.db.models import Sum

from core.money import split_by_largest_remainder
from ledger.accounts import fund_account
from ledger.models import FundUse, Posting
from payments.models import Charge, Donation, Refund


class PricedLine(Protocol):
    """What of a line decides the division."""

    @property
    def fund_code(self) -> str: ...
    @property
    def unit_minor(self) -> int: ...
    @property
    def quantity(self) -> int: ...


def shares_of(*, lines: Iterable[PricedLine], cover_fee_minor: int) -> dict[str, int]:
    """Fund code -> its part of the gross, in minor units, in the order in which the funds first appear.

    The covered fee is part of the donation: it follows the lines by largest remainder.
    """
    by_fund: dict[str, int] = {}
    for line in lines:
        by_fund[line.fund_code] = by_fund.get(line.fund_code, 0) + line.unit_minor * line.quantity
    extra = split_by_largest_remainder(total=cover_fee_minor, weights=list(by_fund.values()))
    return {code: part + more for (code, part), more in zip(by_fund.items(), extra, strict=True)}


def shares_of_donation(*, donation: Donation) -> dict[str, int]:
    """The division of a stored donation."""
    return shares_of(lines=donation.lines.all(), cover_fee_minor=donation.cover_fee_minor)


def split_capped(*, total: int, shares: Mapping[str, int]) -> dict[str, int]:
    """At most `total`, divided over `shares` by largest remainder, nobody given more than stands there. In minor units."""
    room = {code: max(0, share) for code, share in shares.items()}
    possible = min(total, sum(room.values()))
    if possible <= 0:
        return dict.fromkeys(shares, 0)
    parts = split_by_largest_remainder(total=possible, weights=list(room.values()))
    return dict(zip(room, parts, strict=True))


def left_of_gift(*, charge: Charge, funds: Sequence[str]) -> dict[str, int]:
    """Fund code -> what is left there of this gift after its fee and its refunds, read from the books."""
    references = [f"gift:{charge.ref}"]
    if charge.movement is not None:
        references.append(f"fee:{charge.movement.ref}")
    for refund_id in Refund.objects.filter(charge=charge).values_list("pk", flat=True):
        references += [f"refund:{refund_id}", f"refund-failed:{refund_id}"]
    uses = (FundUse.GIFTS, FundUse.FEES, FundUse.REFUNDS)
    fund_by_account = {fund_account(code, use): code for code in funds for use in uses}
    sums = (
        Posting.objects.filter(entry__reference__in=references, account__code__in=fund_by_account)
        .values_list("account__code")
        .annotate(total=Sum("amount_minor"))
    )
    left = dict.fromkeys(funds, 0)
    for account_code, total in sums:
        left[fund_by_account[account_code]] -= total
    return left
