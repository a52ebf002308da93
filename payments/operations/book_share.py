"""Booking what running costs get of a gift, under the policy that its donor was told of before paying."""

from collections.abc import Mapping
from datetime import datetime

from ledger.accounts import ADMIN, fund_account
from ledger.models import EntryKind, FundUse
from ledger.operations import Line, post
from payments.models import Charge, Donation
from payments.share import share_of

ADMIN_SHARE_IN = fund_account(ADMIN, FundUse.SHARE_IN)


def book_share(*, charge: Charge, donation: Donation, parts: Mapping[str, int], now: datetime) -> dict[str, int]:
    """Book the share of a gift once, in the database transaction that books the gift; of a gift that was promised no share
    nothing is booked. `parts` is the gift by fund, in grosze. Says what each fund gave."""
    share = share_of_gift(donation=donation, parts=parts)
    if share:
        post(
            reference=f"share:{charge.ref}",
            kind=EntryKind.SHARE,
            event_at=charge.paid_at,
            lines=[
                *(
                    Line(account=fund_account(code, FundUse.SHARE_OUT), amount_minor=part)
                    for code, part in share.items()
                ),
                Line(account=ADMIN_SHARE_IN, amount_minor=-sum(share.values())),
            ],
            now=now,
        )
    return share


def share_of_gift(*, donation: Donation, parts: Mapping[str, int]) -> dict[str, int]:
    """Fund code -> what running costs get of it, by the policy fixed on the donation; empty without one."""
    policy = donation.share_policy
    return {} if policy is None else share_of(parts=parts, permille=policy.permille)
