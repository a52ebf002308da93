"""On whom it falls when a gift goes back, by our hand or by the bank's, and what happens when it returns."""

from datetime import datetime

from core.money import split_by_largest_remainder
from ledger.accounts import GENERAL, STRIPE_CLEARING, UNMATCHED, fund_account
from ledger.models import EntryKind, FundUse, JournalEntry, Posting
from ledger.operations import Line, post, reverse
from payments.models import Charge, ChargeOutcome, Donation, LinedUpGift
from payments.queries.shares import left_of_gift, left_unmatched, shares_of_donation, split_capped

GENERAL_LOSSES = fund_account(GENERAL, FundUse.LOSSES)


def debits(*, back_minor: int, charge: Charge, donation: Donation | None) -> list[Line]:
    """What `back_minor`, in grosze, of a charge falls on: what is left of the gift in each of its funds; the rest, such as
    the fee kept, is a loss of GENERAL. Once the gift stands on its funds' lines all of it is: what it has become stays.

    Called with the donation's row locked. There is no share to take back while no share policy is in force.
    """
    if charge.outcome != ChargeOutcome.GIFT or donation is None:
        parts = {UNMATCHED: min(back_minor, max(0, left_unmatched(charge=charge)))}
    elif is_lined_up(donation=donation):
        parts = {}
    else:
        shares = shares_of_donation(donation=donation)
        left = split_capped(total=back_minor, shares=left_of_gift(charge=charge, funds=list(shares)))
        parts = {fund_account(code, FundUse.REFUNDS): part for code, part in left.items()}
    parts[GENERAL_LOSSES] = parts.get(GENERAL_LOSSES, 0) + back_minor - sum(parts.values())
    return [Line(account=account, amount_minor=part) for account, part in parts.items() if part]


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

    A gift that was lined up in between has its net without it: then what comes back is less of a loss of GENERAL.
    """
    postings = Posting.objects.filter(entry=taken).exclude(account__code=STRIPE_CLEARING).order_by("id")
    parts = dict(postings.values_list("account__code", "amount_minor"))
    whole = sum(parts.values())
    lined_up_since = donation is not None and is_lined_up(donation=donation) and set(parts) != {GENERAL_LOSSES}
    reversed_before = JournalEntry.objects.filter(reverses=taken).exclude(reference=reference).exists()
    if back_minor == whole and not lined_up_since and not reversed_before:
        reverse(entry_id=taken.pk, reference=reference, event_at=event_at, now=now)
        return
    if lined_up_since:
        parts = {}
    fitting = min(back_minor, whole) if parts else 0
    shares = split_by_largest_remainder(total=fitting, weights=list(parts.values())) if parts else []
    back = dict(zip(parts, shares, strict=True))
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
