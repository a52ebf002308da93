"""The tables of a report's page, as ready text in the active language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.money import format_money
from core.texts import in_language
from transparency.figures.compose import FUND_COLUMNS, PARTNER_COLUMNS
from transparency.figures.lines import LINES
from transparency.pages import words

ALWAYS_SHOWN = ("opening", "received", "spent", "closing")
INSIDE = "\u2003"
"""Set before a need that stands under its area."""


@dataclass(frozen=True)
class Table:
    """Fit for the component data_table: the first cell heads its row, `foot` holds the sums."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...] = ()


def difference(lines: Mapping[str, int]) -> Table:
    """What a correction changed, line by line."""
    return Table(
        headers=(_("Line"), _("Change")),
        rows=tuple((str(words.LINE_LABELS[key]), format_money(lines[key])) for key in LINES),
    )


def fund_table(funds: Sequence[Mapping[str, Any]]) -> Table:
    """Every fund; columns in which nothing moved anywhere are left out (they are zeros in the files)."""
    columns = [key for key in FUND_COLUMNS if key in ALWAYS_SHOWN or any(fund[key] for fund in funds)]
    if any(fund["promised"] for fund in funds):
        columns.append("promised")
    areas = {fund["code"] for fund in funds if fund["restriction"] == "purpose"}
    rows = tuple(
        (
            (INSIDE if fund["parent"] in areas else "") + in_language(fund["name"]),
            *_amounts(fund, columns),
            str(fund["documents"]),
            words.donors_in_words(fund["donors"]),
        )
        for fund in funds
    )
    return Table(
        headers=(_("Purpose"), *_heads(columns, words.FUND_LABELS), _("Documents"), _("Donors")),
        rows=rows,
        foot=(_("Together"), *_sums(funds, columns), "", "") if funds else (),
    )


def partner_table(partners: Sequence[Mapping[str, Any]], own_purchases: Mapping[str, int]) -> Table:
    """Each partner's advances and documents; what we bought ourselves is the last row."""
    blank = ("",) * len(PARTNER_COLUMNS)
    rows = [
        (
            in_language(partner["name"]),
            *_amounts(partner, PARTNER_COLUMNS),
            format_money(partner["spent"]),
            str(partner["documents"]),
        )
        for partner in partners
    ]
    if own_purchases["documents"]:
        spent = format_money(own_purchases["spent"])
        rows.append((_("Bought by ourselves"), *blank, spent, str(own_purchases["documents"])))
    return Table(
        headers=(
            _("Partner"),
            *_heads(PARTNER_COLUMNS, words.PARTNER_LABELS),
            str(words.FUND_LABELS["spent"]),
            _("Documents"),
        ),
        rows=tuple(rows),
        foot=(
            _("Together"),
            *_sums(partners, PARTNER_COLUMNS),
            format_money(sum(partner["spent"] for partner in partners) + own_purchases["spent"]),
            "",
        )
        if rows
        else (),
    )


def region_table(regions: Sequence[Mapping[str, Any]]) -> Table:
    """Spending by region, no finer than the few there are."""
    return _spending_table(
        regions,
        head=_("Region"),
        name=lambda region: in_language(region["name"]) if region["name"] else _("Not tied to a region"),
    )


def evidence_table(evidence: Sequence[Mapping[str, Any]]) -> Table:
    """Spending by how well it is evidenced."""
    return _spending_table(evidence, head=_("Evidence"), name=lambda row: words.grade_in_words(row["grade"]))


def _spending_table(rows: Sequence[Mapping[str, Any]], *, head: str, name: Callable[[Mapping[str, Any]], str]) -> Table:
    return Table(
        headers=(head, str(words.FUND_LABELS["spent"]), _("Documents")),
        rows=tuple((name(row), format_money(row["spent"]), str(row["documents"])) for row in rows),
        foot=(_("Together"), *_sums(rows, ("spent",)), "") if rows else (),
    )


def _amounts(row: Mapping[str, Any], columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(format_money(row[column]) for column in columns)


def _sums(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(format_money(sum(row[column] for row in rows)) for column in columns)


def _heads(columns: Sequence[str], labels: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(labels[column]) for column in columns)
