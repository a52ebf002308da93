"""Which funds may stand in a row of their own: not while one to four donors could be read off it, by itself or by
subtraction from what is published already.

What is published of a group of funds in a month is a sum over its gifts. Two such sums tell a third: the year less eleven
months; the balance at the end of February beside the one at the start of April. So a group is shown only when the gifts
that a reader could single out with it are nobody's or at least five people's. Rows can be added up before they are
subtracted: two funds that stand alone today tell of the months in which a row held both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import Min

from core.periods import next_period, periods_between, previous_period
from ledger.models import FundUse, Mark, MonthlyBalance
from transparency.figures.cells import MOST_SUMS, RUNNING_COSTS, Cell, refused_rows, shared_rows, sums_told_elsewhere
from transparency.figures.told import Told
from transparency.method import too_few
from transparency.models import Report, ReportKind
from transparency.sources.moves import moves_of_few
from transparency.sources.pieces import Piece, cut_up, givers_of_pieces
from transparency.sources.shown import Shown, published_rows

# The first gifts of the group nearly always are five people's, or all there are: then nobody needs to count millions. They come
# in an index's order: without one, a scan of everything begins, and somewhere in the middle.
FEW = """
    WITH few AS MATERIALIZED (
        SELECT entry_id FROM ledger_posting
         WHERE account_id = ANY (ARRAY(
               SELECT account.id FROM ledger_account account JOIN ledger_fund fund ON fund.id = account.fund_id
                WHERE account.use = 'gifts' AND fund.code = ANY(%(funds)s)))
           AND period = ANY(%(periods)s) AND entry_id <= %(last_entry)s AND entry_id > %(after_entry)s
         ORDER BY account_id, period
         LIMIT %(limit)s
    )
    SELECT (SELECT count(*) FROM few), count(DISTINCT donation.donor_id)
      FROM few
      CROSS JOIN LATERAL (
           SELECT reference FROM ledger_journalentry
            WHERE id = few.entry_id AND kind = 'gift' AND reference LIKE 'gift:%%' OFFSET 0) entry
      CROSS JOIN LATERAL (
           SELECT donation_id FROM payments_charge
            WHERE ref = substring(entry.reference FROM 6) AND outcome = 'gift' OFFSET 0) charge
      JOIN payments_donation donation ON donation.id = charge.donation_id
"""
FEW_GIFTS = 2_000

GIVERS = """
    SELECT count(DISTINCT donation.donor_id)
      FROM ledger_journalentry entry
      JOIN payments_charge charge ON entry.reference = 'gift:' || charge.ref AND charge.outcome = 'gift'
      JOIN payments_donation donation ON donation.id = charge.donation_id
      JOIN payments_donationline line ON line.donation_id = donation.id
     WHERE entry.kind = 'gift' AND entry.id <= %(last_entry)s AND entry.id > %(after_entry)s
       AND entry.period = ANY(%(periods)s) AND line.fund_code = ANY(%(funds)s)
"""


def givers(*, funds: Cell, periods: list[int], mark: Mark, after_entry: int = 0) -> int:
    """Distinct donors of gifts to the funds, booked in the months by the mark and after an entry. Two queries at most.

    The kept balances say at once where nothing was given at all.
    """
    if not _anything_given(funds, periods):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(GIVERS, _asked(funds, periods, mark, after_entry))
        return int(cursor.fetchone()[0])


def givers_or_enough(*, funds: Cell, periods: list[int], mark: Mark, after_entry: int = 0) -> int:
    """As `givers` where they are too few; else some number that isn't: the first gifts often say it. Three queries at most."""
    if not _anything_given(funds, periods):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(FEW, {**_asked(funds, periods, mark, after_entry), "limit": FEW_GIFTS})
        gifts, donors = cursor.fetchone()
    if gifts < FEW_GIFTS or not too_few(donors):
        return int(donors)
    return givers(funds=funds, periods=periods, mark=mark, after_entry=after_entry)


def _anything_given(funds: Cell, periods: list[int]) -> bool:
    given = MonthlyBalance.objects.filter(
        period__in=periods, account__use=FundUse.GIFTS, account__fund__code__in=sorted(funds)
    )
    return bool(periods) and given.exists()


def _asked(funds: Cell, periods: list[int], mark: Mark, after_entry: int) -> dict[str, Any]:
    return {
        "last_entry": mark.last_entry_id,
        "after_entry": after_entry,
        "periods": periods,
        "funds": sorted(funds),
    }


@dataclass
class Rows:
    """Says of a group of funds whether it may be a row of a report. Asks the books only where a group is small or was
    hidden."""

    kind: str
    first_period: int
    last_period: int
    mark: Mark
    alone: Mapping[str, int]
    """How many donors each fund had in the months."""
    published: list[Shown]
    began: int
    """The first month in which anything is booked: before it every balance is nothing, and everyone knows it."""
    house: Cell
    """All funds that rows can be made of. Their sum is told by every report of the whole house."""
    moves: Sequence[tuple[str, str]] = ()
    """Redirects of what one to four people gave, from a fund to a fund: a move within one row isn't told."""
    counted: dict[tuple[Cell, tuple[int, ...], int], int] = field(default_factory=dict)

    def may_show(self, cell: Cell) -> bool:
        """Whether nobody could be found with it."""
        months = periods_between(self.first_period, self.last_period)
        return not too_few(self._own(cell, months)) and not self._found_by_subtraction(cell)

    def refused_sum(self, cells: Sequence[Cell]) -> Cell | None:
        """Some of these rows, each of which may be shown, that would tell of somebody when they are added up.

        The sum of the whole house isn't asked about: it is always told. Where there are too many sums to ask, fewer rows are
        shown until there aren't.
        """
        for ends in self.moves:
            touched = [cell for cell in cells if cell & set(ends)]
            if len(touched) > 1:
                return frozenset().union(*touched)
        whole = frozenset().union(*cells)
        sums = sums_told_elsewhere(cells=cells, others=[shown.rows_of(whole) for shown in self.published])
        if len(sums) >= MOST_SUMS:
            return sums[0]
        found = next((group for group in sums if group != self.house and self._found_by_subtraction(group)), None)
        return found or self._refused_difference(cells) or self._worked_out(cells)

    def _worked_out(self, cells: Sequence[Cell]) -> Cell | None:
        """Two rows to be merged, since with all that is public some combination of figures tells of a few that nothing told of
        before. However it is combined: this is the last question, and the exact one.
        """
        if len(cells) < 2:
            return None
        mine = self._shown(cells)
        found = self._told.and_also(mine.sums(self._people, self.house)).found_beyond(self._told)
        if found is None:
            return None
        funds = {piece.fund for piece in found}
        return frozenset().union(*sorted(cells, key=lambda cell: (not cell & funds, len(cell), sorted(cell)))[:2])

    @cached_property
    def _people(self) -> dict[Piece, frozenset[int] | None]:
        reports = [*self.published, self._shown(())]
        running = [(shown.first_period, shown.last_entry) for shown in reports if shown.kind == ReportKind.TO_DATE]
        last = max(shown.last_period for shown in reports)
        return givers_of_pieces(cut_up(funds=self.house, periods=periods_between(self.began, last), marks=running))

    @cached_property
    def _told(self) -> Told:
        """What is public, and the whole house's sums, which are always told."""
        house = [frozenset(piece for piece in self._people if piece.period == month) for month in self._months]
        totals = self._shown((self.house,)).sums(self._people, self.house)
        public = [told for shown in self.published for told in shown.sums(self._people, self.house)]
        return Told(people=self._people, sums=[*house, *totals, *public])

    @property
    def _months(self) -> set[int]:
        return {piece.period for piece in self._people}

    def _shown(self, cells: Sequence[Cell]) -> Shown:
        """This report with these rows, as if it were public."""
        return Shown(
            kind=self.kind,
            first_period=self.first_period,
            last_period=self.last_period,
            cells=tuple(cells),
            each_alone=False,
            last_entry=self.mark.last_entry_id,
        )

    def _refused_difference(self, cells: Sequence[Cell]) -> Cell | None:
        """Rows to be merged, since what another report's row holds beside them, or they beside its rows, is a few people's."""
        for shown in self.published:
            parts = self._months_between_shared_days(shown)
            theirs = shown.rows_of(self.house) if parts else ()
            for row in theirs:
                inside, touching = [cell for cell in cells if cell < row], [cell for cell in cells if cell & row]
                if inside and len(touching) > len(inside) and self._few_in(row.difference(*inside), parts):
                    return frozenset().union(*touching)
            for cell in cells:
                inside = [row for row in theirs if row < cell]
                if inside and len(cells) > 1 and self._few_in(cell.difference(*inside), parts):
                    return cell | next(other for other in cells if other != cell)
        return None

    def _few_in(self, rest: Cell, parts: list[list[int]]) -> bool:
        return bool(rest) and any(too_few(self._count(rest, months)) for months in parts)

    def _months_between_shared_days(self, shown: Shown) -> list[list[int]]:
        """Months between the days at which both reports tell balances, the books' beginning first."""
        ends = set() if shown.kind == ReportKind.TO_DATE else {next_period(shown.last_period)}
        shared = self._my_days & ({shown.first_period} | ends)
        return (
            [periods_between(start, previous_period(end)) for start, end in pairwise(sorted({self.began} | shared))]
            if shared
            else []
        )

    def _found_by_subtraction(self, cell: Cell) -> bool:
        return any(too_few(people) for people in self._singled_out(cell))

    def _singled_out(self, cell: Cell) -> list[int]:
        months = periods_between(self.first_period, self.last_period)
        told = self._months_that_tell(cell)
        hidden = [month for month in months if month not in told]
        groups = []
        if hidden and len(hidden) < len(months):
            groups.append(self._count(cell, hidden))
        groups += [self._count(cell, part) for part in self._between_balances(cell)]
        groups += [self._count(cell, part) for part in self._beside_others(cell, set(hidden), told)]
        return [*groups, *self.since_earlier(cell), *self._between_marks_and_balances(cell)]

    def _own(self, cell: Cell, months: list[int]) -> int:
        """Donors of the group in the report itself; of a single fund they are counted already."""
        if len(cell) == 1:
            return self.alone.get(next(iter(cell)), 0)
        if not any(self.alone.get(fund, 0) for fund in cell):
            return 0
        return self._count(cell, months)

    def _months_that_tell(self, cell: Cell) -> set[int]:
        return {shown.first_period for shown in self.published if shown.kind == ReportKind.MONTH and shown.tells(cell)}

    def _between_balances(self, cell: Cell) -> list[list[int]]:
        """Months between a balance of the group that this report tells, and the nearest ones known before and after it."""
        mine = self._my_days
        return [
            periods_between(start, previous_period(end))
            for start, end in pairwise(sorted(self._days_told(cell) | mine))
            if start in mine or end in mine
        ]

    @property
    def _my_days(self) -> set[int]:
        """Months at whose beginning this report tells a balance; one to date tells its last in the middle of a month."""
        last = set() if self.kind == ReportKind.TO_DATE else {next_period(self.last_period)}
        return {self.first_period} | last

    def _days_told(self, cell: Cell) -> set[int]:
        """Months at whose beginning the balance of the group is known from other reports, or since nothing was booked."""
        telling = [shown for shown in self.published if shown.tells(cell)]
        ends = {next_period(shown.last_period) for shown in telling if shown.kind != ReportKind.TO_DATE}
        return {self.began} | {shown.first_period for shown in telling} | ends

    def _between_marks_and_balances(self, cell: Cell) -> list[int]:
        """Donors between a report to date, or another one, and the first balance that is known after it."""
        others, mine, groups = self._days_told(cell), self._my_days, []
        for shown in self.published:
            if shown.kind == ReportKind.TO_DATE and shown.tells(cell):
                later = [day for day in mine if day > shown.first_period]
                known = [day for day in others if day > shown.first_period]
                if later and min(later) < min(known, default=min(later) + 1):
                    months = periods_between(shown.first_period, previous_period(min(later)))
                    groups.append(self._count(cell, months, after_entry=shown.last_entry))
        return groups

    def _beside_others(self, cell: Cell, hidden: set[int], told: set[int]) -> list[list[int]]:
        """What is left of the hidden months when another report of several months is subtracted, or this one from it."""
        parts = []
        for shown in self.published:
            if shown.kind in (ReportKind.MONTH, ReportKind.TO_DATE) or not shown.tells(cell):
                continue
            its_hidden = set(shown.periods) - told
            if its_hidden < hidden or hidden < its_hidden:
                parts.append(sorted(its_hidden ^ hidden))
        return parts

    def since_earlier(self, cell: Cell) -> list[int]:
        """Donors since a report of this month to date that is published already."""
        return [
            self._count(cell, [shown.first_period], after_entry=shown.last_entry)
            for shown in self.published
            if shown.kind == ReportKind.TO_DATE
            and shown.first_period == self.first_period == self.last_period
            and shown.tells(cell)
        ]

    def _count(self, cell: Cell, periods: list[int], after_entry: int = 0) -> int:
        key = (cell, tuple(periods), after_entry)
        if key not in self.counted:
            self.counted[key] = givers_or_enough(funds=cell, periods=periods, mark=self.mark, after_entry=after_entry)
        return self.counted[key]


def choose_rows(
    *, report: Report, mark: Mark, funds: Sequence[str], parents: Mapping[str, str | None], alone: Mapping[str, int]
) -> tuple[list[tuple[str, ...]], list[str]]:
    """The rows of a report, and what is wrong with them: a row that may not be shown and has nothing to be merged with.

    The whole house's sums are always told for a month, a quarter and a year. A report of some funds is nobody's due, nor
    is another one of a month that still runs: they wait until they tell of five.
    """
    house = frozenset(parents) - {RUNNING_COSTS}
    months = {"first_period": report.first_period, "last_period": report.last_period}
    began = MonthlyBalance.objects.aggregate(first=Min("period"))["first"] or report.first_period
    rows = Rows(
        kind=report.kind,
        first_period=report.first_period,
        last_period=report.last_period,
        mark=mark,
        alone=alone,
        published=published_rows(report=report, house=house),
        house=house,
        began=began,
        moves=moves_of_few(**months, began=began, mark=mark),
    )
    cells = shared_rows(funds=funds, parents=parents, may_show=rows.may_show, refused_sum=rows.refused_sum)
    if report.kind == ReportKind.TO_DATE:
        whole = frozenset(code for code in funds if code != RUNNING_COSTS)
        return cells, ["since the last one"] if any(map(too_few, rows.since_earlier(whole))) else []
    if report.kind == ReportKind.CAMPAIGN:
        return cells, refused_in_a_campaign(rows, cells)
    return cells, []


def refused_in_a_campaign(rows: Rows, cells: Sequence[Sequence[str]]) -> list[str]:
    """What may not be told of a campaign's rows, of all other funds together (the house less the campaign), or of sums."""
    refused = ["+".join(cell) for cell in refused_rows(cells=cells, may_show=rows.may_show)]
    shown = [frozenset(cell) for cell in cells if RUNNING_COSTS not in cell]
    others = rows.house.difference(*shown)
    if others and not rows.may_show(others):
        refused.append("the other funds")
    elif not refused and (added_up := rows.refused_sum([*shown, *([others] if others else [])])):
        refused.append("+".join(sorted(added_up)))
    return refused
