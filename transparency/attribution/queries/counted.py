"""Whose gifts the spending of some months was taken from."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from django.db import connection, transaction

from transparency.attribution.queries.snapshot import BATCH

# From what was spent back to the gifts: through every line from which a part of it had moved.
_COUNTED = """
    WITH RECURSIVE stretch (fund_id, start, ends, spent_in) AS (
        SELECT taking.fund_id, taking.start, taking.start + taking.length, taking.fund_id
          FROM attribution_linetaking taking
          JOIN attribution_linespending spending ON spending.id = taking.spending_id AND spending.use = 'spent'
          JOIN ledger_journalentry entry ON entry.id = spending.entry_id
         WHERE entry.period BETWEEN %(first)s AND %(last)s AND taking.batch_id <= %(batch)s
           AND NOT EXISTS (SELECT FROM attribution_linefreeing freeing
                            WHERE freeing.spending_id = spending.id AND freeing.batch_id <= %(batch)s)
        UNION ALL
        SELECT origin.fund_id, origin.start + greatest(stretch.start, place.start) - place.start,
               origin.start + least(stretch.ends, place.start + place.length) - place.start, stretch.spent_in
          FROM stretch
          CROSS JOIN LATERAL (
                SELECT inside.* FROM attribution_lineplace inside
                 WHERE inside.fund_id = stretch.fund_id AND inside.start >= stretch.start AND inside.start < stretch.ends
                UNION ALL
                (SELECT before.* FROM attribution_lineplace before
                  WHERE before.fund_id = stretch.fund_id AND before.start < stretch.start ORDER BY before.start DESC LIMIT 1)
               ) place
          JOIN attribution_linetaking origin ON origin.id = place.moved_from_id
         WHERE place.start + place.length > stretch.start
    )
    SELECT donation.donor_id, place.donation_id, CASE WHEN above.parent_id IS NOT NULL THEN above.code ELSE fund.code END,
           sum(least(stretch.ends, place.start + place.length) - greatest(stretch.start, place.start))::bigint
      FROM stretch
      CROSS JOIN LATERAL (
            SELECT inside.* FROM attribution_lineplace inside
             WHERE inside.fund_id = stretch.fund_id AND inside.start >= stretch.start AND inside.start < stretch.ends
            UNION ALL
            (SELECT before.* FROM attribution_lineplace before
              WHERE before.fund_id = stretch.fund_id AND before.start < stretch.start ORDER BY before.start DESC LIMIT 1)
           ) place
      JOIN payments_donation donation ON donation.id = place.donation_id
      JOIN ledger_fund fund ON fund.id = stretch.spent_in LEFT JOIN ledger_fund above ON above.id = fund.parent_id
     WHERE place.start + place.length > stretch.start
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_NO_BATCH = 2**62

Counted = tuple[int, int, list[tuple[str, int]]]
"""Donor, donation, and what of it was spent in each area, in grosze."""


def counted_in(*, first_period: int, last_period: int, upto: Mapping[str, int] | None = None) -> Iterator[Counted]:
    """Every gift of which a part was turned into help in these months: (donor, donation, [(area, grosze)]), by donor.

    `upto` is what a report kept with its mark (last_ids); without it the lines are read as they are. One query, streamed: the
    database sends it piece by piece.
    """
    batch = _NO_BATCH if upto is None else upto[BATCH]
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_COUNTED, {"first": first_period, "last": last_period, "batch": batch})
        for (donor_id, donation_id), rows in groupby(cursor, key=lambda row: (row[0], row[1])):
            yield donor_id, donation_id, [(area, int(amount)) for _, _, area, amount in rows]
