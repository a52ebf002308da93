"""What a report is made of: sums read at the mark. Amounts in grosze; nothing here knows a database or a person."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from transparency.method import METHOD_VERSION

Names = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Occasion:
    """Which report it is: everything that was decided before anything was computed."""

    kind: str
    first_period: int
    last_period: int
    revision: int
    slug: str
    mark_id: int
    last_entry: int
    taken_at: datetime
    method: int = METHOD_VERSION
    """The second told how far each table went (`last_entry`, `ids`); the third keeps that beside the report."""
    campaign: dict[str, Any] | None = None
    """Code, name, first and last day, funds; None for other kinds."""
    cohort: int | None = None
    """The year whose gifts are followed; None for other kinds."""
    ids: dict[str, int] = field(default_factory=dict)
    """The last row of each other room's table that stood beside the mark."""


@dataclass(frozen=True)
class FundSums:
    """One fund's movements in the months of the report, as money in (+) or out (+), and its balance before them."""

    code: str
    opening: int = 0
    received: int = 0
    share_received: int = 0
    redirected_in: int = 0
    covered: int = 0
    fees: int = 0
    share: int = 0
    refunds: int = 0
    losses: int = 0
    cover_given: int = 0
    spent: int = 0
    redirected_out: int = 0
    promised: int = 0
    """Memo: committed to approved allocations and not yet used, at the end of the months."""

    @property
    def closing(self) -> int:
        """What the movements lead to."""
        return (
            self.opening
            + self.received
            + self.share_received
            + self.redirected_in
            + self.covered
            - self.fees
            - self.share
            - self.refunds
            - self.losses
            - self.cover_given
            - self.spent
            - self.redirected_out
        )


@dataclass(frozen=True)
class PartnerSums:
    """One partner's advances: what stood with it before, what it was given, accounted for and gave back."""

    code: str
    opening: int = 0
    advanced: int = 0
    accounted: int = 0
    returned: int = 0

    @property
    def closing(self) -> int:
        """What is with the partner at the end, not yet accounted for."""
        return self.opening + self.advanced - self.accounted - self.returned


@dataclass(frozen=True)
class Spending:
    """Accepted documents of one fund, one spender and one region, of one grade of evidence."""

    fund: str
    partner: str | None
    """None: our own purchase."""
    region: str | None
    grade: str
    amount: int
    documents: int


@dataclass(frozen=True)
class Material:
    """All sums of one report."""

    funds: tuple[FundSums, ...]
    partners: tuple[PartnerSums, ...]
    spending: tuple[Spending, ...]
    donors: int
    donors_by_fund: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Correction:
    """What a later revision says about the one it corrects."""

    slug: str
    sha256: str
    reason: str
    lines: dict[str, int]
