"""What a check is given, and what it gives."""

from dataclasses import dataclass

from ledger.models import Mark
from transparency.models import CheckName


@dataclass(frozen=True)
class Scope:
    """The months and the mark of a report."""

    kind: str
    first_period: int
    last_period: int
    mark: Mark


@dataclass(frozen=True)
class Found:
    """One thing that doesn't hold: of what, both sums in grosze where it compares any, and the entries to see."""

    check: CheckName
    subject: str
    expected: int | None = None
    actual: int | None = None
    entries: tuple[int, ...] = ()
