"""A file as rows of text, whatever it was written as."""

from dataclasses import dataclass, field

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 2_000
MOST_CELLS = 40

FORMULA = "\x1aformula"
"""Stands in a cell that held a formula: nobody can type it."""


@dataclass(frozen=True)
class Row:
    """One line of a file, counted from 1, header included."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """All lines that hold anything; the first is the header."""

    rows: list[Row] = field(default_factory=list)
    encoding: str = ""
