"""The tables of a report's page, as ready text in the active language."""

from dataclasses import dataclass

from transparency.exports.model import Kind, Section
from transparency.exports.values import shown


@dataclass(frozen=True, slots=True)
class Cell:
    """Ready text, with its column's label, for screens too narrow for columns."""

    text: str
    label: str
    words: bool
    nothing: bool = False
    """Whether it is a zero, which a card has no line for."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row; `level` 1 stands under the row before it."""

    level: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Fit for the component report_table: the first cell heads its row, `foot` holds the sums."""

    key: str
    title: str
    lead: str
    empty: str
    heads: tuple[Cell, ...]
    rows: tuple[TableRow, ...]
    foot: tuple[Cell, ...]

    @property
    def wide(self) -> bool:
        """Whether its columns stand closer."""
        return len(self.heads) > 7

    @property
    def slim(self) -> bool:
        """Whether it has room on any screen, so that its rows needn't become cards."""
        return len(self.heads) <= 2


def table_of(section: Section) -> Table:
    """A section as a reader sees it: without optional columns that hold nothing but zeros."""
    lean = section.without_zeros()
    together = lean.together()
    words = [column.kind is Kind.TEXT for column in lean.columns]

    def cells(values: tuple[object, ...]) -> tuple[Cell, ...]:
        return tuple(
            Cell(shown(value, column.kind), column.label, is_text, nothing=value == 0)  # type: ignore[arg-type]  # a section's own values
            for column, value, is_text in zip(lean.columns, values, words, strict=True)
        )

    return Table(
        key=lean.key,
        title=lean.title,
        lead=lean.lead,
        empty=lean.empty,
        heads=tuple(
            Cell(text=column.label, label=column.label, words=is_text)
            for column, is_text in zip(lean.columns, words, strict=True)
        ),
        rows=tuple(TableRow(level=row.level, cells=cells(row.cells)) for row in lean.rows),
        foot=cells(together) if together is not None else (),
    )
