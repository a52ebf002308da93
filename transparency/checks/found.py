"""What a check is given, and what it gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ledger.models import Mark
from transparency.models import CheckName
from transparency.sources.reading import Reading


@dataclass(frozen=True)
class Scope:
    """The months and the mark of a report, and what stands beside the mark."""

    kind: str
    first_period: int
    last_period: int
    mark: Mark
    ids: Mapping[str, int] = field(default_factory=dict)
    refused_rows: tuple[str, ...] = ()
    """Groups of funds that may not be shown (see `sources.cells`)."""
    notes: Mapping[str, int] | None = None
    """Sum and taken back of the notes, once they are made."""

    @cached_property
    def reading(self) -> Reading:
        """The sums of the report, each read once."""
        return Reading(first_period=self.first_period, last_period=self.last_period, mark=self.mark)


@dataclass(frozen=True)
class Found:
    """One thing that doesn't hold: of what, both sums in grosze where it compares any, and the entries to see."""

    check: CheckName
    subject: str
    expected: int | None = None
    actual: int | None = None
    entries: tuple[int, ...] = ()
