"""What became of all that was given in a year."""

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from ledger.accounts import ADMIN
from ledger.models import Fund, FundUse
from transparency.attribution.lines import Line, Range
from transparency.attribution.queries.shares_back import shares_back
from transparency.attribution.queries.snapshot import batch_of
from transparency.attribution.share_kind import ShareKind, kind_of

# Stretches of a line by the month in which they came in: gifts side by side, and collections and transfers without a donor.
_STANDING = """
    SELECT fund_id, period, start, length, gross_minor, fees_minor, refunds_minor, share_minor
      FROM attribution_linesegment WHERE batch_id <= %(batch)s AND period <= %(last_period)s
    UNION ALL
    SELECT place.fund_id, entry.period, place.start, place.length, place.length, 0, 0, 0
      FROM attribution_lineplace place JOIN ledger_journalentry entry ON entry.id = place.entry_id
     WHERE place.batch_id <= %(batch)s AND place.use = 'gifts' AND entry.period <= %(last_period)s
"""
# Neighbours that were taken for the same use are one stretch: spending takes in a row, so of many thousands few are left.
_TAKEN = """
    WITH counting AS (
        SELECT taking.id, taking.fund_id, taking.start, taking.start + taking.length AS ends, spending.use,
               onward.fund_id AS to_fund_id, onward.start AS to_start
          FROM attribution_linetaking taking
          JOIN attribution_linespending spending ON spending.id = taking.spending_id
          JOIN ledger_journalentry entry ON entry.id = spending.entry_id AND entry.period <= %(last_period)s
          LEFT JOIN attribution_lineplace onward ON onward.moved_from_id = taking.id
         WHERE taking.batch_id <= %(batch)s
           AND NOT EXISTS (SELECT FROM attribution_linefreeing freeing
                            WHERE freeing.spending_id = spending.id AND freeing.batch_id <= %(batch)s)
    ), begun AS (
        SELECT counting.*, (
                   lag(ends) OVER line = start AND lag(use) OVER line = use
                   AND lag(to_fund_id) OVER line IS NULL AND to_fund_id IS NULL) IS NOT TRUE AS begins
          FROM counting WINDOW line AS (PARTITION BY fund_id ORDER BY start, id)
    ), stretches AS (
        SELECT begun.*, count(*) FILTER (WHERE begins) OVER (PARTITION BY fund_id ORDER BY start, id) AS stretch FROM begun
    )
    SELECT fund_id, min(start), max(ends) - min(start), min(use), min(to_fund_id), min(to_start)
      FROM stretches GROUP BY fund_id, stretch ORDER BY fund_id, min(start)
"""
# Places follow one another: the last one's end is how long the line is.
_LENGTHS = """
    SELECT fund.id, place.start + place.length
      FROM ledger_fund fund CROSS JOIN LATERAL (
           SELECT start, length FROM attribution_lineplace
            WHERE fund_id = fund.id AND batch_id <= %(batch)s ORDER BY start DESC LIMIT 1) place
"""
# Gifts that don't stand on a line by that batch: the last fourteen days, and those that went back. Each of them waits still, or
# was put on a line since; looked up from there, they cost what they are, and not a search through all that ever came.
_NOT_STANDING = """
    WITH apart AS MATERIALIZED (
        SELECT donation_id FROM payments_waitinggift
         UNION SELECT donation_id FROM attribution_lineplace WHERE batch_id > %(batch)s AND donation_id IS NOT NULL
    ), mine AS MATERIALIZED (
        SELECT charge.id, charge.movement_id, entry.id AS entry_id, entry.period
          FROM apart JOIN payments_charge charge ON charge.donation_id = apart.donation_id AND charge.outcome = 'gift'
          JOIN ledger_journalentry entry ON entry.reference = 'gift:' || charge.ref
         WHERE entry.id <= %(upto_entry)s AND entry.period <= %(last_period)s
    ), named AS MATERIALIZED (
        SELECT mine.period, 'share:' || charge.ref AS reference FROM mine JOIN payments_charge charge ON charge.id = mine.id
        UNION ALL SELECT mine.period, 'fee:' || movement.ref FROM mine
          JOIN payments_balancemovement movement ON movement.id = mine.movement_id
        UNION ALL SELECT mine.period, word.start || refund.id FROM mine
                    JOIN payments_refund refund ON refund.charge_id = mine.id
                   CROSS JOIN (VALUES ('refund:'), ('refund-failed:')) word (start)
        UNION ALL SELECT mine.period, word.start || movement.ref FROM mine
                    JOIN payments_dispute dispute ON dispute.charge_id = mine.id
                    JOIN payments_disputemovement moved ON moved.dispute_id = dispute.id
                    JOIN payments_balancemovement movement ON movement.id = moved.movement_id
                   CROSS JOIN (VALUES ('chargeback:'), ('chargeback-won:')) word (start)
    ), own AS MATERIALIZED (
        SELECT period, entry_id FROM mine
        UNION ALL SELECT named.period, entry.id FROM named JOIN ledger_journalentry entry ON entry.reference = named.reference
    ), entries AS MATERIALIZED (
        SELECT period, entry_id FROM own
        UNION SELECT own.period, entry.id FROM own JOIN ledger_journalentry entry ON entry.reverses_id = own.entry_id
    )
    SELECT entries.period / 100, account.use, sum(posting.amount_minor)::bigint
      FROM entries JOIN ledger_posting posting ON posting.entry_id = entries.entry_id
      JOIN ledger_account account ON account.id = posting.account_id
       AND account.use IN ('gifts', 'fees', 'refunds', 'share_out')
     WHERE entries.entry_id <= %(upto_entry)s
     GROUP BY 1, 2
"""
# Collections and transfers without a donor that no batch knows yet.
_TOO_NEW = """
    SELECT entry.period / 100, 'gifts', sum(posting.amount_minor)::bigint
      FROM ledger_journalentry entry
      JOIN ledger_posting posting ON posting.entry_id = entry.id AND posting.amount_minor < 0
      JOIN ledger_account account ON account.id = posting.account_id AND account.use = 'gifts'
     WHERE entry.id > coalesce((SELECT upto_entry FROM attribution_linebatch WHERE id = %(batch)s), 0)
       AND entry.id <= %(upto_entry)s AND entry.period <= %(last_period)s
       AND NOT EXISTS (SELECT FROM payments_charge charge WHERE entry.reference LIKE 'gift:%%'
                          AND charge.ref = substr(entry.reference, 6) AND charge.outcome = 'gift')
     GROUP BY 1
"""
# What partners had from a fund by the end of the month and had not accounted for.
_WITH_PARTNERS = """
    SELECT fund.id, sum(moved.amount_minor)::bigint
      FROM (
            SELECT allocation_id, amount_minor, entry_id FROM aid_packages_advance
            UNION ALL
            SELECT allocation_id, -amount_minor, entry_id FROM aid_packages_advancereturn
            UNION ALL
            SELECT split.allocation_id, -split.amount_minor, document.entry_id
              FROM aid_packages_documentsplit split
              JOIN aid_packages_spendingdocument document ON document.id = split.document_id
             WHERE document.settles = 'advance' AND document.entry_id IS NOT NULL
           ) moved
      JOIN ledger_journalentry entry ON entry.id = moved.entry_id
       AND entry.id <= %(upto_entry)s AND entry.period <= %(last_period)s
      JOIN aid_packages_allocation allocation ON allocation.id = moved.allocation_id
      JOIN ledger_fund fund ON fund.code = allocation.fund_code
     GROUP BY fund.id HAVING sum(moved.amount_minor) > 0 ORDER BY fund.id
"""


@dataclass(slots=True)
class Cohort:
    """What was given in a year and what became of it by the end of a month, in grosze.

    came_in = given_back + fees + running + turned_into_help + with_partners + lost + waiting. `running` is what running costs
    had of it: the shares, less what of them went back with their gifts, and what was given to running costs and spent. `lost`
    is what made good for others' late refunds, and costs that belong to no gift.
    """

    year: int
    came_in: int = 0
    given_back: int = 0
    fees: int = 0
    running: int = 0
    turned_into_help: int = 0
    with_partners: int = 0
    lost: int = 0
    waiting: int = 0


@dataclass(slots=True)
class _Taken:
    """What was taken from one line, in the order of its positions: where, for what, and where it moved to."""

    ranges: list[Range] = field(default_factory=list)
    whats: list[tuple[ShareKind | None, int | None, int | None]] = field(default_factory=list)

    def within(self, mine: Range) -> Iterator[tuple[Range, Range, tuple[ShareKind | None, int | None, int | None]]]:
        """What it has in common with a range."""
        for index in range(max(0, bisect_right(self.ranges, mine) - 1), len(self.ranges)):
            if self.ranges[index].start >= mine.end:
                return
            common = self.ranges[index].common(mine)
            if common is not None:
                yield common, self.ranges[index], self.whats[index]


def cohorts(*, upto_entry: int, last_period: int, upto: Mapping[str, int] | None = None) -> list[Cohort]:
    """Every year in which something was given, oldest first, as it stood at the end of a month.

    A pure function of the mark's entry, of what a report kept with it (`upto`, from last_ids) and of the month: whatever was
    booked or attributed since changes nothing. What partners hold is counted as the next to be taken from each line. Nine
    queries.
    """
    running_costs = Fund.objects.filter(code=ADMIN).values_list("pk", flat=True).first()
    asked = {
        "upto_entry": upto_entry,
        "last_period": last_period,
        "batch": batch_of(upto=upto, upto_entry=upto_entry),
    }
    years: defaultdict[int, Cohort] = defaultdict(lambda: Cohort(year=0))
    parts: deque[tuple[int, int, Range]] = deque()
    for fund_id, period, start, length, gross, fees, refunds, share in _rows(_STANDING, asked):
        _count_net(years[period // 100], gross=gross, fees=fees, refunds=refunds, share=share)
        if length:
            parts.append((period // 100, fund_id, Range(start, start + length)))
    for year, use, amount in (*_rows(_NOT_STANDING, asked), *_rows(_TOO_NEW, asked)):
        _count_net(years[year], **{_COLUMNS[use]: -amount if use == "gifts" else amount})
    for year, amount in shares_back(upto_entry=upto_entry, last_period=last_period, upto=upto).items():
        years[year].running -= amount
        years[year].given_back += amount
    for year, fund_id, what, amount in _became(parts, asked):
        cohort = years[year]
        if what is ShareKind.SPENT and fund_id == running_costs:
            cohort.running += amount
        elif what is ShareKind.SPENT:
            cohort.turned_into_help += amount
        elif what is None:
            cohort.with_partners += amount
        else:
            cohort.lost += amount
    for year, cohort in years.items():
        cohort.year = year
        gone = cohort.given_back + cohort.fees + cohort.running
        cohort.waiting = cohort.came_in - gone - cohort.turned_into_help - cohort.with_partners - cohort.lost
    return [years[year] for year in sorted(years)]


_COLUMNS = {"gifts": "gross", "fees": "fees", "refunds": "refunds", "share_out": "share"}


def _count_net(cohort: Cohort, *, gross: int = 0, fees: int = 0, refunds: int = 0, share: int = 0) -> None:
    cohort.came_in += gross
    cohort.fees += fees
    cohort.given_back += refunds
    cohort.running += share


def _became(
    parts: deque[tuple[int, int, Range]], asked: Mapping[str, int]
) -> Iterator[tuple[int, int, ShareKind | None, int]]:
    """(year, fund, what became of it there, grosze) for all that was taken; None for what partners hold."""
    taken = _taken(asked)
    held = {
        fund_id: _Taken(ranges, [(None, None, None)] * len(ranges))
        for fund_id, ranges in _held_by_partners(taken, asked)
    }
    while parts:
        year, fund_id, mine = parts.popleft()
        for common, where, (what, to_fund_id, to_start) in taken.get(fund_id, _Taken()).within(mine):
            if to_fund_id is None or to_start is None:
                yield year, fund_id, what, common.length
            else:
                at = to_start + common.start - where.start
                parts.append((year, to_fund_id, Range(at, at + common.length)))
        for common, _, _ in held.get(fund_id, _Taken()).within(mine):
            yield year, fund_id, None, common.length


def _taken(asked: Mapping[str, int]) -> dict[int, _Taken]:
    taken: defaultdict[int, _Taken] = defaultdict(_Taken)
    for fund_id, start, length, use, to_fund_id, to_start in _rows(_TAKEN, asked):
        taken[fund_id].ranges.append(Range(start, start + length))
        taken[fund_id].whats.append((kind_of(use=FundUse(use)), to_fund_id, to_start))
    return taken


def _held_by_partners(taken: Mapping[int, _Taken], asked: Mapping[str, int]) -> Iterable[tuple[int, list[Range]]]:
    """The next positions that would be taken from each line, as many as partners hold of its fund."""
    lengths = dict(_rows(_LENGTHS, asked))
    for fund_id, amount in _rows(_WITH_PARTNERS, asked):
        length = lengths.get(fund_id, 0)
        if length:
            used = taken[fund_id].ranges if fund_id in taken else []
            line = Line(length=length, free=_gaps(length, used))
            yield fund_id, line.take(amount)


def _gaps(length: int, used: list[Range]) -> list[Range]:
    gaps, at = [], 0
    for each in used:
        if each.start > at:
            gaps.append(Range(at, each.start))
        at = max(at, each.end)
    if at < length:
        gaps.append(Range(at, length))
    return gaps


def _rows(statement: str, asked: Mapping[str, int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())
