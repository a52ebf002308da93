"""Donors counted, never named."""

from dataclasses import dataclass

from django.db import connection

from ledger.models import Mark

# The row without a fund is the whole: somebody who gave to two funds is one person there.
COUNTED = """
    SELECT line.fund_code, count(DISTINCT donation.donor_id)
      FROM ledger_journalentry entry
      JOIN payments_charge charge ON entry.reference = 'gift:' || charge.ref AND charge.outcome = 'gift'
      JOIN payments_donation donation ON donation.id = charge.donation_id
      JOIN payments_donationline line ON line.donation_id = donation.id
     WHERE entry.kind = 'gift' AND entry.id <= %s AND entry.period BETWEEN %s AND %s
     GROUP BY GROUPING SETS ((line.fund_code), ())
"""


@dataclass(frozen=True)
class DonorCounts:
    """How many people gave: in all, and to each fund. Somebody who gave to two funds is counted in both."""

    total: int
    by_fund: dict[str, int]


def donor_counts(*, first_period: int, last_period: int, mark: Mark) -> DonorCounts:
    """Distinct donors of the gifts booked in the months, by the mark. One query."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [mark.last_entry_id, first_period, last_period])
        counts = dict(cursor.fetchall())
    return DonorCounts(total=counts.pop(None, 0), by_fund=counts)
