"""Donors counted, never named."""

from dataclasses import dataclass

from django.db import connection

from ledger.models import Mark

# Who gave to which fund, once each; then counted. The row without a fund is the whole: somebody who gave to two funds is
# one person there.
COUNTED = """
    WITH gave AS (
        SELECT DISTINCT line.fund_code, donation.donor_id
          FROM ledger_journalentry entry
          JOIN payments_charge charge ON charge.ref = substring(entry.reference FROM 6) AND charge.outcome = 'gift'
          JOIN payments_donation donation ON donation.id = charge.donation_id
          JOIN payments_donationline line ON line.donation_id = donation.id
         WHERE entry.kind = 'gift' AND entry.id <= %s AND entry.period BETWEEN %s AND %s
           AND entry.reference LIKE 'gift:%%'
    )
    SELECT fund_code, count(*) FROM gave GROUP BY fund_code
    UNION ALL
    SELECT NULL, count(*) FROM (SELECT DISTINCT donor_id FROM gave) AS donors
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
