"""Donors counted, never named."""

from dataclasses import dataclass

from django.db import connection

from core.periods import period_end, period_start
from ledger.models import Mark

# Who gave to which fund, once each; then counted. The row without a fund is the whole: somebody who gave to two funds is
# one person there. A gift is booked in the month of its payment but for the few that came when that was closed, or that the
# mark doesn't know: these alone are looked up by their entries, all others by when they were paid.
COUNTED = """
    WITH strange AS MATERIALIZED (
        SELECT substring(reference FROM 6) AS ref,
               id <= %(last_entry)s AND period BETWEEN %(first)s AND %(last)s AS counts
          FROM ledger_journalentry
         WHERE kind = 'gift' AND reference LIKE 'gift:%%' AND (id > %(last_entry)s
            OR (period BETWEEN %(first)s AND %(last)s AND event_at < %(begins)s)
            OR (period > %(last)s AND event_at >= %(begins)s AND event_at < %(ends)s))
    ), given AS (
        SELECT charge.donation_id FROM payments_charge charge
         WHERE charge.outcome = 'gift' AND charge.booked_minor IS NOT NULL
           AND charge.paid_at >= %(begins)s AND charge.paid_at < %(ends)s
           AND NOT EXISTS (SELECT FROM strange WHERE strange.ref = charge.ref)
         UNION ALL
        SELECT charge.donation_id FROM strange JOIN payments_charge charge ON charge.ref = strange.ref
         WHERE strange.counts AND charge.outcome = 'gift'
    ), gave AS (
        SELECT DISTINCT line.fund_code, donation.donor_id
          FROM given
          JOIN payments_donation donation ON donation.id = given.donation_id
          JOIN payments_donationline line ON line.donation_id = donation.id
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
        cursor.execute(
            COUNTED,
            {
                "last_entry": mark.last_entry_id,
                "first": first_period,
                "last": last_period,
                "begins": period_start(first_period),
                "ends": period_end(last_period),
            },
        )
        counts = dict(cursor.fetchall())
    return DonorCounts(total=counts.pop(None, 0), by_fund=counts)
