"""The basket as its page shows it: today's sums, and what is the matter with a line."""

from dataclasses import dataclass

from aid_packages.queries.lines import BasketLine, basket_lines
from shop.forms import basket as baskets
from shop.forms.quantity import too_many


@dataclass(frozen=True)
class Refused:
    """A change that could not be made: at which line, what was typed, and why."""

    line_id: int
    typed: str
    message: str


@dataclass(frozen=True)
class BasketRow:
    """A line with its field. `was_minor` is the sum of one when it was put in, if that has changed since; else None."""

    line_id: int
    line: BasketLine
    typed: str
    errors: list[str]
    was_minor: int | None


@dataclass(frozen=True)
class BasketPage:
    """All lines. `frozen` while a payment for them is open."""

    rows: tuple[BasketRow, ...]
    frozen: bool
    total_minor: int
    clauses: tuple[str, ...]

    @property
    def can_be_given(self) -> bool:
        """Whether every line can go to the checkout as it is."""
        return bool(self.rows) and all(row.line.givable and not row.errors for row in self.rows)


def basket_page(*, ids: list[int], refused: Refused | None = None) -> BasketPage:
    """The page of the visitor who holds these baskets. `refused` when a change could not be made."""
    found = baskets.find_basket(ids=ids)
    if found is None:
        return BasketPage(rows=(), frozen=False, total_minor=0, clauses=())
    lines = {line.product_id: line for line in basket_lines(items=found.items)}
    rows = tuple(
        _row(kept, lines[kept.product_id], refused=refused) for kept in found.lines if kept.product_id in lines
    )
    return BasketPage(
        rows=rows,
        frozen=found.frozen,
        total_minor=sum(row.line.sum_minor for row in rows),
        clauses=tuple(dict.fromkeys(row.line.clause for row in rows)),
    )


def _row(kept: baskets.BasketLine, line: BasketLine, *, refused: Refused | None) -> BasketRow:
    mine = refused if refused is not None and refused.line_id == kept.line_id else None
    above = [too_many(line.limit)] if line.quantity > line.limit else []
    return BasketRow(
        line_id=kept.line_id,
        line=line,
        typed=mine.typed if mine else str(line.quantity),
        errors=[mine.message] if mine else above,
        was_minor=kept.added_minor if kept.added_minor != line.unit_minor else None,
    )
