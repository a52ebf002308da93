"""What every form of a report is made from: sections, which are tables whose columns know what stands in them."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

Band = tuple[int, int]
"""A number of people or donors as closely as it is published: at least the first, fewer than the second."""
Value = int | str | date | Band | None
"""None: nothing stands there."""


class Kind(enum.Enum):
    """What stands in a column."""

    TEXT = "text"
    """Words."""
    MONEY = "money"
    """Grosze, shown as złoty."""
    COUNT = "count"
    """How many there are of something."""
    BAND = "band"
    """About how many people: a band, so that nobody can be found."""
    SHARE = "share"
    """Permille, shown in percent."""
    DAY = "day"
    """A day in Warsaw."""


class Dimension(enum.Enum):
    """By what a reader may narrow a report."""

    NEED = "need"
    """A fund: an area with all its needs, or one need."""
    PARTNER = "partner"
    """Who received money to help."""
    REGION = "region"
    """Where, as coarsely as it is published."""


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is its name in files. An optional column is left out on paper and screen when it holds nothing but zeros."""

    key: str
    label: str
    kind: Kind
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """`code` names it in files; `level` 1 stands under the row before it; `of` says what it is about, for filters."""

    code: str
    cells: tuple[Value, ...]
    level: int = 0
    of: tuple[tuple[Dimension, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One table. `totals` are the keys of columns that are summed up; `empty` is said when there are no rows."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    lead: str = ""
    empty: str = ""
    totals: frozenset[str] = field(default_factory=frozenset)
    by: frozenset[Dimension] = field(default_factory=frozenset)
    """What it can be narrowed by."""
    named_by_row: bool = False
    """Each row is a figure of its own, so files call it by its row."""

    def together(self) -> tuple[Value, ...] | None:
        """The sums over its rows, None in columns that aren't summed; None when nothing is summed or there."""
        if not self.totals or not self.rows:
            return None
        return tuple(
            _total(row.cells[place] for row in self.rows) if column.key in self.totals else None
            for place, column in enumerate(self.columns)
        )

    def without_zeros(self) -> "Section":
        """Without the optional columns that hold nothing but zeros."""
        kept = [
            place
            for place, column in enumerate(self.columns)
            if not column.optional or any(row.cells[place] not in (0, None) for row in self.rows)
        ]
        if len(kept) == len(self.columns):
            return self
        return replace(
            self,
            columns=tuple(self.columns[place] for place in kept),
            rows=tuple(replace(row, cells=tuple(row.cells[place] for place in kept)) for row in self.rows),
        )


def money(key: str, label: object, *, optional: bool = False) -> Column:
    """A column of sums."""
    return Column(key, str(label), Kind.MONEY, optional)


def count(key: str, label: object, *, optional: bool = False) -> Column:
    """A column of numbers."""
    return Column(key, str(label), Kind.COUNT, optional)


def text(key: str, label: object, *, optional: bool = False) -> Column:
    """A column of words."""
    return Column(key, str(label), Kind.TEXT, optional)


def summed(columns: Sequence[Column], *without: str) -> frozenset[str]:
    """The keys of all columns of sums, `without` some."""
    return frozenset(column.key for column in columns if column.kind is Kind.MONEY and column.key not in without)


def _total(values: Iterable[Value]) -> int:
    return sum(value for value in values if isinstance(value, int))
