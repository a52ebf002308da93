"""Sections about help: the story's numbers, needs, goods in units, services, costs, weeks, evidence."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.texts import in_language
from transparency.exports.model import Column, Dimension, Kind, Row, Section, Value, count, money, summed, text
from transparency.exports.naming import Content, Naming, of_region
from transparency.exports.of_money import band
from transparency.pages import words

BY_NEED = frozenset({Dimension.NEED})
UNIT_COLUMNS = (
    "opening_free",
    "bought",
    "in_kind",
    "reserved",
    "delivered",
    "lost",
    "expired",
    "closing_free",
)


def story(content: Content, naming: Naming) -> Section:
    """The few numbers that a person remembers."""
    found = content.get("story")
    rows: list[Row] = []
    if found:
        traced = words.traced_to(found["traced"])
        people = band(found["people"]) if found["people"] is not None else None
        numbers: tuple[tuple[str, str, Value, Value], ...] = (
            ("acts_of_help", _("Acts of help"), found["acts_of_help"], None),
            ("people", _("People, where we really counted them"), None, people),
            ("nationalities", _("Nationalities among them"), found["nationalities"], None),
        )
        rows = [
            Row(code, (what, many, of_people, None, traced))
            for code, what, many, of_people in numbers
            if many is not None or of_people is not None
        ]
        rows.append(
            Row("spent", (_("Turned into help"), None, None, found["spent"], _("counted from accepted documents")))
        )
    return Section(
        key="story",
        title=_("The story in numbers"),
        columns=(
            text("what", _("What")),
            count("count", _("How many")),
            Column("people", _("How many people"), Kind.BAND),
            money("amount", _("Sum")),
            text("traced", _("Counted from")),
        ),
        rows=tuple(rows),
    )


def story_items(content: Content, naming: Naming) -> Section:
    """What was handed over or done."""
    found = content.get("story")
    return Section(
        key="story_items",
        title=_("What was handed over or done"),
        columns=(
            text("name", _("What")),
            text("need", _("For")),
            count("units", _("How many")),
            text("unit", _("Unit")),
            count("deliveries", _("Counted from so many records")),
        ),
        rows=tuple(
            _thing(naming, item, item["item"], item["units"], _unit(item), item["traced"]["deliveries"])
            for item in (found["items"] if found else ())
        ),
        by=BY_NEED,
    )


def needs(content: Content, naming: Naming) -> Section:
    """Each need: its goal, what came in and was spent, and its packages as they were planned."""
    columns = (
        text("name", _("Need")),
        money("goal", _("Goal of the season")),
        money("came_in", words.LINE_LABELS["came_in"]),
        money("spent", words.FUND_LABELS["spent"]),
        text("counted_in", _("Counted in"), optional=True),
    )
    return Section(
        key="needs",
        title=_("Needs and their goals"),
        columns=columns,
        rows=tuple(
            Row(
                code=need["fund"],
                cells=(
                    in_language(need["name"]),
                    need["goal"],
                    need["came_in"],
                    need["spent"],
                    naming.fund(need["merged_into"]) if need["merged_into"] else None,
                ),
                of=naming.of_fund(need["fund"]),
            )
            for need in content.get("needs", ())
        ),
        by=BY_NEED,
    )


def packages(content: Content, naming: Naming) -> Section:
    """What one package of each need was planned to take."""
    return Section(
        key="packages",
        title=_("Packages as they were planned"),
        columns=(text("name", _("Package")), text("need", _("For")), money("planned", _("Planned, one package"))),
        rows=tuple(
            Row(
                code=package["sku"],
                cells=(in_language(package["name"]), in_language(need["name"]), package["planned"]),
                of=naming.of_fund(need["fund"]),
            )
            for need in content.get("needs", ())
            for package in need["packages"]
        ),
        by=BY_NEED,
    )


def unit_costs(content: Content, naming: Naming) -> Section:
    """Planned against actual cost of one unit."""
    of_sku = {package["sku"]: need["fund"] for need in content.get("needs", ()) for package in need["packages"]} | {
        row["item"]: row["fund"] for row in content.get("deliveries", ())
    }
    return Section(
        key="unit_costs",
        title=_("Planned and actual cost"),
        lead=_("What one unit took on average, beside what its package had planned for it."),
        columns=(
            text("name", _("What")),
            text("sku", _("Package"), optional=True),
            money("planned", _("Planned")),
            money("actual", _("Actual")),
            money("difference", _("Difference")),
            count("units", _("Units")),
        ),
        rows=tuple(
            Row(
                code=row["item"],
                cells=(
                    in_language(row["name"]),
                    row["sku"],
                    row["planned"],
                    row["actual"],
                    row["actual"] - row["planned"] if row["planned"] is not None else None,
                    row["units"],
                ),
                of=naming.of_fund(*(of_sku[key] for key in (row["sku"], row["item"]) if key in of_sku)),
            )
            for row in content.get("unit_costs", ())
        ),
        by=BY_NEED,
    )


def deliveries(content: Content, naming: Naming) -> Section:
    """Goods in units, from what was free before to what is free now."""
    always = ("bought", "delivered", "closing_free")
    return Section(
        key="deliveries",
        title=_("Goods, in units"),
        lead=_("What was free before, bought or given in kind, less what was set aside, handed over, lost or expired."),
        columns=(
            text("name", _("Goods")),
            text("need", _("For")),
            text("unit", _("Unit")),
            *(count(key, words.UNIT_LABELS[key], optional=key not in always) for key in UNIT_COLUMNS),
        ),
        rows=tuple(
            _thing(naming, row, row["item"], _unit(row), *(row[key] for key in UNIT_COLUMNS))
            for row in content.get("deliveries", ())
        ),
        by=BY_NEED,
    )


def services(content: Content, naming: Naming) -> Section:
    """Work done for people."""
    return Section(
        key="services",
        title=_("Services"),
        columns=(
            text("name", _("Service")),
            text("need", _("For")),
            count("units", _("How many")),
            text("unit", _("Unit")),
            count("people", _("People, at least")),
        ),
        rows=tuple(
            _thing(naming, row, row["service"], row["units"], _unit(row), row["people"])
            for row in content.get("services", ())
        ),
        by=BY_NEED,
    )


def _thing(naming: Naming, row: dict[str, Any], code: str, *cells: Value) -> Row:
    """A row about goods or work: what it is, for which need, then its own cells."""
    fund = row["fund"]
    return Row(code=code, cells=(in_language(row["name"]), naming.fund(fund), *cells), of=naming.of_fund(fund))


def _unit(row: dict[str, Any]) -> str:
    return words.unit_in_words(row["unit"])


def weeks(content: Content, naming: Naming) -> Section:
    """Acts of help by week and region, late and coarse."""
    return Section(
        key="weeks",
        title=_("Acts of help by week"),
        lead=_("Late and coarse on purpose: weeks and regions with fewer than five are counted together."),
        columns=(text("week", _("Week")), text("region", _("Region")), count("acts", _("Acts of help"))),
        rows=tuple(_week(row, naming) for row in content.get("weeks", ())),
        by=frozenset({Dimension.REGION}),
    )


def _week(row: dict[str, Any], naming: Naming) -> Row:
    cells: tuple[Value, ...] = (
        row["week"] or _("Several weeks"),
        naming.region(row["region"]) if row["region"] else _("Several regions"),
        row["acts"],
    )
    return Row(code=row["week"] or "", cells=cells, of=of_region(row["region"]) if row["region"] else ())


def evidence(content: Content, naming: Naming) -> Section:
    """Spending by how well it is evidenced."""
    columns = (
        text("name", _("Evidence")),
        money("spent", words.FUND_LABELS["spent"]),
        count("documents", _("Documents")),
        text("checked_by", _("Checked by"), optional=True),
    )
    return Section(
        key="evidence",
        title=_("Accepted documents by grade"),
        columns=columns,
        rows=tuple(
            Row(
                code=row["grade"],
                cells=(
                    words.grade_in_words(row["grade"]),
                    row["spent"],
                    row["documents"],
                    ", ".join(row.get("checked_by", ())) or None,
                ),
            )
            for row in content["evidence"]
        ),
        totals=summed(columns),
    )


def withheld(content: Content, naming: Naming) -> Section:
    """What isn't shown, and why, with its value."""
    columns = (
        text("reason", _("Why")),
        count("items", _("Items withheld")),
        money("value", _("Value")),
        text("said", _("In words")),
    )
    return Section(
        key="withheld",
        title=_("What we withhold"),
        lead=_("What would endanger somebody isn’t shown. It is counted, so that nothing can vanish behind it."),
        columns=columns,
        rows=tuple(
            Row(
                code=row["reason"],
                cells=(
                    words.withheld_reason(row["reason"]),
                    row["items"],
                    row["value"],
                    ngettext(
                        "%(items)s item withheld: %(reason)s", "%(items)s items withheld: %(reason)s", row["items"]
                    )
                    % {"items": row["items"], "reason": words.withheld_reason(row["reason"])},
                ),
            )
            for row in content.get("withheld", ())
        ),
        totals=summed(columns),
    )
