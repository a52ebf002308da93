"""What a report of the second method is made of: everything read at the mark, nothing that knows a database or a person."""

from dataclasses import dataclass, field
from typing import Any

from transparency.figures.material import FundSums, PartnerSums, Spending

Row = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """How many acts of help of one kind ("delivery", "service:<item>") were done for one fund: what the story counts."""

    fund: str
    kind: str
    count: int


@dataclass(frozen=True)
class Facts:
    """Sums in grosze, and rows that are fit to be printed (named like the sections of the schema)."""

    funds: tuple[FundSums, ...]
    partners: tuple[PartnerSums, ...]
    spending: tuple[Spending, ...]
    cells: tuple[tuple[str, ...], ...]
    """The funds that share a row, the one that names it first. Every fund is in exactly one."""
    donors: int = 0
    donors_by_cell: dict[str, int] = field(default_factory=dict)
    with_partners: int | None = None
    """Given where it can't be told from `partners`; else None."""
    cohort: Row | None = None
    """The row that a report of a year's gifts is about."""
    deliveries: tuple[Row, ...] = ()
    services: tuple[Row, ...] = ()
    unit_costs: tuple[Row, ...] = ()
    acts: tuple[Act, ...] = ()
    weeks: tuple[Row, ...] = ()
    people: Row | None = None
    """A band, only where people were really counted."""
    nationalities: int | None = None
    cohorts: tuple[Row, ...] = ()
    share: Row | None = None
    """What donors were told of running costs: `said` in grosze, and the `policies` in force; None before the first one.
    `booked` and `kept` stand there only where the funds don't tell them."""
    year_before: Row | None = None
    redirects: tuple[Row, ...] = ()
    provider: tuple[Row, ...] = ()
    payouts: Row | None = None
    evidence: tuple[Row, ...] = ()
    withheld: tuple[Row, ...] = ()
    income: tuple[int, int] | None = None
    """Year and income of the whole organisation."""
    accepted: tuple[Row, ...] = ()
    notes: Row | None = None


@dataclass(frozen=True)
class Older:
    """The revision that a correction corrects: its slug, its hash and its whole content."""

    slug: str
    sha256: str
    content: Row
    reason: str
