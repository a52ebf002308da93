"""The rows of a donation, or of what a monthly gift was agreed to be, as its donor reads them."""

from collections.abc import Iterable
from dataclasses import dataclass

from payments.models import DonationLine, MonthlyLine


@dataclass(frozen=True)
class PageLine:
    """One row of a donation. Sums in minor units of its currency."""

    title: str
    fund_code: str
    unit_minor: int
    quantity: int
    total_minor: int
    fallback: str


def page_lines(rows: Iterable[DonationLine | MonthlyLine]) -> tuple[PageLine, ...]:
    """All of them, in their order."""
    return tuple(
        PageLine(
            title=row.title,
            fund_code=row.fund_code,
            unit_minor=row.unit_minor,
            quantity=row.quantity,
            total_minor=row.unit_minor * row.quantity,
            fallback=row.fallback,
        )
        for row in sorted(rows, key=lambda row: row.position)
    )
