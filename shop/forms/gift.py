"""What is about to be given: lines with their sums as the server counts them now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shop.forms.basket import VisitorBasket


@dataclass(frozen=True)
class GiftLine:
    """One thing given, frozen. Sums are grosze; `product_id` is None for a free sum."""

    title: str
    fund_code: str
    unit_minor: int
    quantity: int
    fallback: str
    product_id: int | None = None

    @property
    def total_minor(self) -> int:
        """Unit times quantity, in grosze."""
        return self.unit_minor * self.quantity


@dataclass(frozen=True)
class Gift:
    """All lines of one donation, and the address of the page where its form stands."""

    lines: tuple[GiftLine, ...]
    page: str
    basket: VisitorBasket | None = None
    note: str = ""
    """Why this is not quite what was asked for (a need that is over gives way to its area); empty if it is."""

    @property
    def total_minor(self) -> int:
        """The sum of the lines in grosze, without a covered fee."""
        return sum(line.total_minor for line in self.lines)

    @property
    def fallbacks(self) -> list[str]:
        """What happens to money that its need can't use: each sentence once, in the order of the lines."""
        return list(dict.fromkeys(line.fallback for line in self.lines if line.fallback))

    def content(self) -> dict[str, Any]:
        """Plain JSON of everything that would make this another donation."""
        return {"lines": [_row(line) for line in self.lines], "basket": self.basket.basket_id if self.basket else None}


def _row(line: GiftLine) -> list[str | int]:
    return [line.title, line.fund_code, line.unit_minor, line.quantity, line.fallback, line.product_id or 0]


def lines_of(priced: Sequence[Any]) -> tuple[GiftLine, ...]:
    """Lines of aid_packages as lines of a gift."""
    return tuple(
        GiftLine(
            title=row.title,
            fund_code=row.fund_code,
            unit_minor=row.unit_minor,
            quantity=row.quantity,
            fallback=row.fallback,
            product_id=row.product_id,
        )
        for row in priced
    )
