"""The bars of the page's charts, in whole percent of their whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.money import split_by_largest_remainder
from core.texts import in_language
from transparency.pages.words import CHART_LABELS, COHORT_LABELS

PARTS = ("help_with_documents", "with_partners", "waiting", "fees_and_running_costs", "given_back")
"""opening + came in = the sum of these, and of what moved to purposes outside the report."""
MOST_NEEDS = 8
COHORT_TONES = {
    "turned_into_help": "help",
    "with_partners": "partners",
    "waiting": "waiting",
    "fees": "costs",
    "running": "costs",
    "lost": "costs",
    "given_back": "costs",
}
"""In the order in which they stand; costs and what went back share a tone."""


@dataclass(frozen=True)
class BarRow:
    """One bar: its share of the whole in whole percent."""

    label: str
    amount_minor: int
    percent: int

    @property
    def said(self) -> str:
        """The share as it is written: what is there, however little, is not nothing."""
        return _("under 1%") if self.percent == 0 and self.amount_minor > 0 else f"{self.percent}%"


@dataclass(frozen=True)
class Segment:
    """A part of a stacked bar, in whole percent from its start."""

    label: str
    tone: str
    start: int
    percent: int


@dataclass(frozen=True)
class StackedRow:
    """One stacked bar."""

    label: str
    segments: tuple[Segment, ...]


def bars_of(lines: Mapping[str, int]) -> list[BarRow]:
    """The bars of a report's lines; the percentages sum to 100. A part below zero (a deficit) has no length."""
    parts = [*PARTS, "moved_out"] if lines.get("moved_out") else list(PARTS)
    return _bars([(str(CHART_LABELS[key]), lines[key]) for key in parts])


def bars_of_needs(funds: Sequence[Mapping[str, Any]]) -> list[BarRow]:
    """What was spent by purpose, most first; empty when fewer than two spent anything."""
    spent = [(in_language(fund["name"]), fund["spent"]) for fund in funds if fund["spent"] > 0]
    largest = sorted(spent, key=lambda each: -each[1])
    return _bars(largest) if 1 < len(largest) <= MOST_NEEDS else []


def stacked(cohorts: Sequence[Mapping[str, Any]]) -> list[StackedRow]:
    """What became of each year's gifts; the percentages of a year sum to 100."""
    rows = []
    for cohort in cohorts:
        amounts = [max(cohort[key], 0) for key in COHORT_TONES]
        if not sum(amounts):
            continue
        percents = split_by_largest_remainder(total=100, weights=amounts)
        start, segments = 0, []
        for (key, tone), percent in zip(COHORT_TONES.items(), percents, strict=True):
            if percent:
                segments.append(Segment(label=str(COHORT_LABELS[key]), tone=tone, start=start, percent=percent))
            start += percent
        rows.append(StackedRow(label=str(cohort["year"]), segments=tuple(segments)))
    return rows


def _bars(parts: Sequence[tuple[str, int]]) -> list[BarRow]:
    lengths = [max(amount, 0) for _label, amount in parts]
    percents = split_by_largest_remainder(total=100, weights=lengths) if sum(lengths) else [0] * len(parts)
    return [
        BarRow(label=label, amount_minor=amount, percent=percent)
        for (label, amount), percent in zip(parts, percents, strict=True)
    ]
