"""Putting on the lines: other income in the order of its entries, then the batch's gifts, each set in one statement."""

from django.db import connection

# Both begin with where each line ends now.
_INCOME = """
    WITH ends AS MATERIALIZED (
        SELECT fund.id AS fund_id, coalesce((
                   SELECT place.start + place.length FROM attribution_lineplace place
                    WHERE place.fund_id = fund.id ORDER BY place.start DESC LIMIT 1), 0) AS at
          FROM ledger_fund fund
    )
    INSERT INTO attribution_lineplace (batch_id, fund_id, start, length, entry_id, use)
    SELECT %(batch)s, event.fund_id,
           ends.at + sum(event.delta) OVER (
               PARTITION BY event.fund_id ORDER BY entry.kind <> 'opening', event.entry_id, event.use) - event.delta,
           event.delta, event.entry_id, event.use
      FROM attribution_event event JOIN ends ON ends.fund_id = event.fund_id
      JOIN ledger_journalentry entry ON entry.id = event.entry_id
     WHERE event.role = 'place'
"""
_GIFTS = """
    WITH ends AS MATERIALIZED (
        SELECT fund.id AS fund_id, coalesce((
                   SELECT place.start + place.length FROM attribution_lineplace place
                    WHERE place.fund_id = fund.id ORDER BY place.start DESC LIMIT 1), 0) AS at
          FROM ledger_fund fund
    )
    INSERT INTO attribution_lineplace (batch_id, fund_id, start, length, donation_id, use)
    SELECT %(batch)s, gift.fund_id,
           ends.at + sum(gift.net) OVER (PARTITION BY gift.fund_id ORDER BY gift.settled_at, gift.donation_id) - gift.net,
           gift.net, gift.donation_id, ''
      FROM payments_lined_up_now gift JOIN ends ON ends.fund_id = gift.fund_id
     WHERE gift.net > 0
"""
# Neighbours of one month become one segment: a new one begins where the month differs from the gift's before it.
_SEGMENTS = """
    WITH begins AS MATERIALIZED (
        SELECT gift.fund_id, min(place.start) AS at
          FROM payments_lined_up_now gift
          JOIN attribution_lineplace place ON place.donation_id = gift.donation_id AND place.fund_id = gift.fund_id
         GROUP BY gift.fund_id
    )
    INSERT INTO attribution_linesegment
        (batch_id, fund_id, period, start, length, gifts, gross_minor, fees_minor, refunds_minor, share_minor)
    SELECT %(batch)s, fund_id, period, min(start), sum(net), count(*), sum(gross), sum(fees), sum(refunds), sum(share)
      FROM (
            SELECT gift.*, coalesce(begins.at, 0) + sum(gift.net) OVER line - gift.net AS start,
                   row_number() OVER line
                   - row_number() OVER (
                       PARTITION BY gift.fund_id, gift.period ORDER BY gift.settled_at, gift.donation_id) AS island
              FROM payments_lined_up_now gift LEFT JOIN begins ON begins.fund_id = gift.fund_id
            WINDOW line AS (PARTITION BY gift.fund_id ORDER BY gift.settled_at, gift.donation_id)
           ) standing
     GROUP BY fund_id, period, island ORDER BY fund_id, min(start)
"""


def put_income(*, batch_id: int) -> None:
    """Everything without a donor of its own: openings first, then the rest as it was booked."""
    _run(_INCOME, batch_id)


def put_gifts(*, batch_id: int) -> None:
    """The gifts whose nets were just fixed, in the order (settled_at, id); and their segments by month."""
    _run(_GIFTS, batch_id)
    _run(_SEGMENTS, batch_id)


def _run(statement: str, batch_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"batch": batch_id})
