"""The rows of the page's bar chart: what there was, split into what it became."""

from dataclasses import dataclass

from core.money import split_by_largest_remainder
from transparency.pages.words import CHART_LABELS

PARTS = ("help_with_documents", "with_partners", "waiting", "fees_and_running_costs", "given_back")
"""opening + came in = the sum of these."""


@dataclass(frozen=True)
class BarRow:
    """One bar: its share of the whole in whole percent."""

    label: str
    amount_minor: int
    percent: int


def bars_of(lines: dict[str, int]) -> list[BarRow]:
    """The bars of a report's lines; the percentages sum to 100. A part below zero (a deficit) has no length."""
    amounts = [lines[key] for key in PARTS]
    lengths = [max(amount, 0) for amount in amounts]
    percents = split_by_largest_remainder(total=100, weights=lengths) if sum(lengths) else [0] * len(PARTS)
    return [
        BarRow(label=str(CHART_LABELS[key]), amount_minor=amount, percent=percent)
        for key, amount, percent in zip(PARTS, amounts, percents, strict=True)
    ]
