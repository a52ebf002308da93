"""What the reports that everyone can read show of the funds: their months and their rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.periods import periods_between
from transparency.figures.cells import Cell
from transparency.models import Report, ReportKind
from transparency.models.report import PUBLIC_STATES
from transparency.sources.pieces import Piece, sums_of


@dataclass(frozen=True)
class Shown:
    """One report that everyone can read: its months, its rows, and how far it knew the books."""

    kind: str
    first_period: int
    last_period: int
    cells: tuple[Cell, ...]
    """Empty: it shows no funds, or each by itself (the first method). Of a campaign also what is left when it is subtracted
    from the whole house."""
    each_alone: bool
    last_entry: int

    def tells(self, cell: Cell) -> bool:
        """Whether the sums of these funds together can be read from it. Of a fund that it lacks, nothing was booked."""
        if self.each_alone:
            return True
        inside = [mine for mine in self.cells if mine <= cell]
        return frozenset().union(*inside) == cell & self._known

    def rows_of(self, funds: Cell) -> tuple[Cell, ...]:
        """Its rows, and each of these funds that isn't in one by itself."""
        lacking = funds if self.each_alone else funds - self._known
        return (*self.cells, *(frozenset({fund}) for fund in sorted(lacking)))

    def sums(self, people: Mapping[Piece, Any], house: Cell) -> list[frozenset[Piece]]:
        """What its figures sum up: each row's gifts of its months, and those before, which its opening balance holds."""
        upto = self.last_entry if self.kind == ReportKind.TO_DATE else None
        rows = self.rows_of(house) if self.each_alone else self.cells
        return sums_of(rows, people, first_period=self.first_period, last_period=self.last_period, upto_entry=upto)

    @property
    def _known(self) -> Cell:
        return frozenset().union(*self.cells)

    @property
    def periods(self) -> list[int]:
        """Its months."""
        return periods_between(self.first_period, self.last_period)


def published_rows(*, report: Report, house: Cell) -> list[Shown]:
    """Every other report that shows funds and is public."""
    rows = (
        Report.objects.filter(state__in=PUBLIC_STATES)
        .exclude(pk=report.pk)
        .exclude(kind=ReportKind.COHORT)
        .values_list("kind", "first_period", "last_period", "inputs__cells", "mark__last_entry_id")
    )
    return [
        Shown(
            kind=kind,
            first_period=first,
            last_period=last,
            cells=tuple(with_others([frozenset(cell) for cell in cells or ()], house, kind)),
            each_alone=cells is None,
            last_entry=last_entry,
        )
        for kind, first, last, cells, last_entry in rows
    ]


def with_others(cells: list[Cell], house: Cell, kind: str) -> list[Cell]:
    """A campaign's rows, and all other funds as one more: the house's sums, less the campaign's, tell theirs."""
    others = house.difference(*cells) if kind == ReportKind.CAMPAIGN else frozenset()
    return [*cells, *([others] if others else [])]
