"""What a report says of its notes."""

from dataclasses import dataclass

Counts = dict[str, dict[int, int]]
"""How many notes there are, by fund and denomination."""


@dataclass(frozen=True)
class NotesSummary:
    """Root (64 hexadecimal digits), number and sum (minor units) of a report's notes; `file` is the id of the kept leaves."""

    root: str
    leaves: int
    sum_minor: int
    counts: Counts
    file: int
