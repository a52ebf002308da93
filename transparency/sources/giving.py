"""Donors counted, never named."""

from dataclasses import dataclass

from ledger.models import EntryKind, JournalEntry, Mark
from payments.models import Charge, ChargeOutcome, DonationLine

GIFT_REFERENCE = "gift:"


@dataclass(frozen=True)
class DonorCounts:
    """How many people gave: in all, and to each fund. Somebody who gave to two funds is counted in both."""

    total: int
    by_fund: dict[str, int]


def donor_counts(*, first_period: int, last_period: int, mark: Mark) -> DonorCounts:
    """Distinct donors of the gifts booked in the months, by the mark. Three queries."""
    references = JournalEntry.objects.filter(
        pk__lte=mark.last_entry_id, kind=EntryKind.GIFT, period__gte=first_period, period__lte=last_period
    ).values_list("reference", flat=True)
    charges = [reference.removeprefix(GIFT_REFERENCE) for reference in references.iterator()]
    given = Charge.objects.filter(outcome=ChargeOutcome.GIFT, ref__in=charges, donation__isnull=False)
    donor_of = dict(given.values_list("donation_id", "donation__donor_id"))
    by_fund: dict[str, set[int]] = {}
    pairs = DonationLine.objects.filter(donation_id__in=donor_of.keys()).values_list("donation_id", "fund_code")
    for donation_id, fund_code in pairs.iterator():
        by_fund.setdefault(fund_code, set()).add(donor_of[donation_id])
    return DonorCounts(
        total=len(set(donor_of.values())), by_fund={code: len(donors) for code, donors in sorted(by_fund.items())}
    )
