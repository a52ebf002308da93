"""Donors counted, never named."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.periods import period_end, period_start
from ledger.models import Mark

# A gift is booked in the month of its payment but for the few that came when that was closed, or that the mark doesn't know.
STRANGE = """
    SELECT charge.donation_id, entry.id <= %(last_entry)s AND entry.period BETWEEN %(first)s AND %(last)s
      FROM ledger_journalentry entry CROSS JOIN LATERAL (
           SELECT donation_id FROM payments_charge
            WHERE ref = substring(entry.reference FROM 6) AND outcome = 'gift' OFFSET 0) charge
     WHERE entry.kind = 'gift' AND entry.reference LIKE 'gift:%%' AND (entry.id > %(last_entry)s
        OR (entry.period BETWEEN %(first)s AND %(last)s AND entry.event_at < %(begins)s)
        OR (entry.period > %(last)s AND entry.event_at >= %(begins)s AND entry.event_at < %(ends)s))
"""
# These alone are looked up by their entries, all others by when they were settled. Gifts of some months stand side by side:
# within the first and the last of them both tables are read in order, instead of a search for each gift among all that came.
# "+ 0": else all ids are walked for the first that fits.
SPAN = """
    SELECT min(id + 0), max(id + 0) FROM payments_donation WHERE settled_at >= %(begins)s AND settled_at < %(ends)s
"""
# Who gave to which fund, once each; then counted. The row without a fund is the whole: somebody who gave to two funds is one
# person there.
COUNTED = """
    WITH gave AS MATERIALIZED (
        SELECT line.fund_code, donation.donor_id
          FROM payments_donation donation JOIN payments_donationline line ON line.donation_id = donation.id
         WHERE donation.id BETWEEN %(from_id)s AND %(to_id)s AND line.donation_id BETWEEN %(from_id)s AND %(to_id)s
           AND donation.settled_at >= %(begins)s AND donation.settled_at < %(ends)s
           AND donation.id <> ALL (%(left_out)s::bigint[])
        UNION
        SELECT line.fund_code, donation.donor_id
          FROM payments_donation donation JOIN payments_donationline line ON line.donation_id = donation.id
         WHERE donation.id = ANY (%(taken_in)s::bigint[])
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
    """Distinct donors of the gifts booked in the months, by the mark. Three queries."""
    asked: dict[str, Any] = {
        "last_entry": mark.last_entry_id,
        "first": first_period,
        "last": last_period,
        "begins": period_start(first_period),
        "ends": period_end(last_period),
    }
    with connection.cursor() as cursor:
        cursor.execute(STRANGE, asked)
        strange = cursor.fetchall()
        asked["left_out"] = [donation_id for donation_id, counts in strange if not counts]
        asked["taken_in"] = [donation_id for donation_id, counts in strange if counts]
        cursor.execute(SPAN, asked)
        asked["from_id"], asked["to_id"] = cursor.fetchone()
        cursor.execute(COUNTED, asked)
        counts = dict(cursor.fetchall())
    return DonorCounts(total=counts.pop(None, 0), by_fund=counts)
