"""How a donation is divided over its funds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q, Sum

from core.money import split_by_largest_remainder
from ledger.accounts import ADMIN, STRIPE_CLEARING, UNMATCHED, fund_account
from ledger.models import FundUse, Posting
from payments.models import Charge, DisputeMovement, Donation, Refund


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


def shares_in_books(*, donation: Donation, gross_minor: int) -> dict[str, int]:
    """The division of what a donation is worth in the books, in grosze: its own shares, or of one in another currency
    `gross_minor` along them."""
    shares = shares_of_donation(donation=donation)
    if sum(shares.values()) == gross_minor:
        return shares
    return dict(zip(shares, split_by_largest_remainder(total=gross_minor, weights=list(shares.values())), strict=True))


def split_capped(*, total: int, shares: Mapping[str, int]) -> dict[str, int]:
    """At most `total`, divided over `shares` by largest remainder, nobody given more than stands there. In minor units."""
    room = {code: max(0, share) for code, share in shares.items()}
    possible = min(total, sum(room.values()))
    if possible <= 0:
        return dict.fromkeys(shares, 0)
    parts = split_by_largest_remainder(total=possible, weights=list(room.values()))
    return dict(zip(room, parts, strict=True))


def references_of(*, charge: Charge) -> list[str]:
    """Every reference under which something of this charge can stand in the books, but for exchange differences."""
    references = [f"gift:{charge.ref}", f"share:{charge.ref}", f"unmatched:{charge.ref}"]
    if charge.movement is not None:
        references.append(f"fee:{charge.movement.ref}")
    return [*references, *_returning(charge=charge)]


def _returning(*, charge: Charge) -> list[str]:
    """The references under which something of it went back to its donor, or came from there again."""
    references = []
    for refund_id in Refund.objects.filter(charge=charge).values_list("pk", flat=True):
        references += [f"refund:{refund_id}", f"refund-failed:{refund_id}"]
    for ref in DisputeMovement.objects.filter(dispute__charge=charge).values_list("movement__ref", flat=True):
        references += [f"chargeback:{ref}", f"chargeback-won:{ref}"]
    return references


def left_unmatched(*, charge: Charge) -> int:
    """What of a charge that can't be placed still stands as owed, in grosze."""
    of_it = Posting.objects.filter(entry__reference__in=references_of(charge=charge), account__code=UNMATCHED)
    return -int(of_it.aggregate(total=Sum("amount_minor"))["total"] or 0)


def left_of_gift(*, charge: Charge, funds: Sequence[str]) -> dict[str, int]:
    """Fund code -> what is left there of this gift after its fee, share, refunds and disputes, from the books, in grosze."""
    references = references_of(charge=charge)
    uses = (FundUse.GIFTS, FundUse.FEES, FundUse.SHARE_OUT, FundUse.REFUNDS)
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


@dataclass(frozen=True, slots=True)
class StillGiven:
    """What of a gift's whole sum didn't go back, and of its share for running costs, in grosze."""

    gross_minor: int
    share_minor: int


def still_given(*, charge: Charge) -> StillGiven:
    """Read from the books: what clearing and ADMIN's share received and gave back for this charge. Two queries or more."""
    share_in = fund_account(ADMIN, FundUse.SHARE_IN)
    sums = {
        account: int(total)
        for account, total in Posting.objects.filter(
            Q(entry__reference__in=_returning(charge=charge), account__code__in=(STRIPE_CLEARING, share_in))
            | Q(entry__reference=f"share:{charge.ref}", account__code=share_in)
        )
        .values_list("account__code")
        .annotate(total=Sum("amount_minor"))
    }
    return StillGiven(
        gross_minor=(charge.booked_minor or 0) + sums.get(STRIPE_CLEARING, 0), share_minor=-sums.get(share_in, 0)
    )
