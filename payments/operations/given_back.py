"""On whom it falls when a gift goes back, by our hand or by the bank's, and what happens when it returns."""

from datetime import datetime

from core.money import split_by_largest_remainder
from ledger.accounts import GENERAL, STRIPE_CLEARING, UNMATCHED, fund_account
from ledger.models import EntryKind, FundUse, JournalEntry, Posting
from ledger.operations import Line, post, reverse
from payments.models import Charge, ChargeOutcome, Donation, LinedUpGift
from payments.operations.book_share import ADMIN_SHARE_IN
from payments.queries.shares import left_of_gift, left_unmatched, shares_of_donation, split_capped, still_given
from payments.share import returned_share

GENERAL_LOSSES = fund_account(GENERAL, FundUse.LOSSES)


def debits(*, back_minor: int, charge: Charge, donation: Donation | None) -> list[Line]:
    """What `back_minor`, in grosze, of a charge falls on: ADMIN gives its share of it back, each fund of the gift what is
    left there; the rest, such as the fee kept, is a loss of GENERAL. Once the gift stands on its funds' lines their part is
    GENERAL's loss, too: what the gift has become stays.

    Called with the donation's row locked.
    """
    if charge.outcome != ChargeOutcome.GIFT or donation is None:
        parts = {UNMATCHED: min(back_minor, max(0, left_unmatched(charge=charge)))}
    else:
        of_share = _share_of(back_minor=back_minor, charge=charge, donation=donation)
        parts = {ADMIN_SHARE_IN: of_share} if of_share else {}
        if not is_lined_up(donation=donation):
            shares = shares_of_donation(donation=donation)
            left = left_of_gift(charge=charge, funds=list(shares))
            split = split_capped(total=back_minor - of_share, shares=left)
            parts |= {fund_account(code, FundUse.REFUNDS): part for code, part in split.items()}
    parts[GENERAL_LOSSES] = parts.get(GENERAL_LOSSES, 0) + back_minor - sum(parts.values())
    return [Line(account=account, amount_minor=part) for account, part in parts.items() if part]


def _share_of(*, back_minor: int, charge: Charge, donation: Donation) -> int:
    """What ADMIN gives back of what it got of this gift; nothing of a gift without a share policy, without asking."""
    if donation.share_policy_id is None:
        return 0
    left = still_given(charge=charge)
    return returned_share(back_minor=back_minor, left_minor=left.gross_minor, share_minor=left.share_minor)


def is_lined_up(*, donation: Donation) -> bool:
    """Whether the gift stands on the lines of its funds, its net fixed."""
    return LinedUpGift.objects.filter(donation=donation).exists()


def book_return(
    *,
    taken: JournalEntry,
    back_minor: int,
    donation: Donation | None,
    reference: str,
    event_at: datetime,
    now: datetime,
) -> None:
    """What `taken` took comes back, `back_minor` of it in grosze: its mirror, or as much of it in the same proportions.

    A gift that was lined up in between has its net without it: then what its funds would get is less of a loss of GENERAL.
    """
    postings = Posting.objects.filter(entry=taken).exclude(account__code=STRIPE_CLEARING).order_by("id")
    parts = dict(postings.values_list("account__code", "amount_minor"))
    whole = sum(parts.values())
    lined_up_since = (
        donation is not None and is_lined_up(donation=donation) and set(parts) - {GENERAL_LOSSES, ADMIN_SHARE_IN}
    )
    reversed_before = JournalEntry.objects.filter(reverses=taken).exclude(reference=reference).exists()
    if back_minor == whole and not lined_up_since and not reversed_before:
        reverse(entry_id=taken.pk, reference=reference, event_at=event_at, now=now)
        return
    if lined_up_since:
        of_share = parts.get(ADMIN_SHARE_IN, 0)
        parts = {GENERAL_LOSSES: whole - of_share, ADMIN_SHARE_IN: of_share}
    fitting = min(back_minor, whole)
    back = dict(zip(parts, split_by_largest_remainder(total=fitting, weights=list(parts.values())), strict=True))
    back[GENERAL_LOSSES] = back.get(GENERAL_LOSSES, 0) + back_minor - fitting
    post(
        reference=reference,
        kind=EntryKind.REVERSAL,
        event_at=event_at,
        lines=[
            Line(account=STRIPE_CLEARING, amount_minor=back_minor),
            *(Line(account=account, amount_minor=-part) for account, part in back.items() if part),
        ],
        now=now,
    )
