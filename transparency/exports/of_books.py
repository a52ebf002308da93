"""Sections about the books themselves: the flow, redirects, deficits, the provider, differences, notes, corrections."""

from typing import Any

from django.utils.translation import gettext as _

from core.texts import in_language
from transparency.exports.model import Dimension, Row, Section, count, money, summed, text
from transparency.exports.naming import About, Content, Naming, of_partner
from transparency.method import SECOND_METHOD
from transparency.pages import words

FUND_ORDER = {key: place for place, key in enumerate(words.FUND_LABELS)}
BY_NEED = frozenset({Dimension.NEED})


def flow(content: Content, naming: Naming) -> Section:
    """Every złoty on its way, from where it came to where it stands."""
    return Section(
        key="flow",
        title=_("The way of the money, as a table"),
        columns=(text("from", _("From")), text("to", _("To")), money("amount", _("Sum"))),
        rows=tuple(
            Row(
                code=f"{_code(row['from'])}>{_code(row['to'])}",
                cells=(node_in_words(row["from"], naming), node_in_words(row["to"], naming), row["amount"]),
                of=(*_about(row["from"], naming), *_about(row["to"], naming)),
            )
            for row in content.get("flow", ())
        ),
        by=frozenset({Dimension.NEED, Dimension.PARTNER}),
    )


def node_in_words(node: dict[str, Any], naming: Naming) -> str:
    """What a node of the flow is called."""
    if node["kind"] == "fund":
        return naming.fund(node["code"])
    if node["kind"] == "partner":
        return naming.partner(node["code"])
    if node["kind"] == "with_partner" and node["code"]:
        return _("With %(partner)s") % {"partner": naming.partner(node["code"])}
    return str(words.FLOW_LABELS.get(node["kind"], node["kind"]))


def _code(node: dict[str, Any]) -> str:
    return f"{node['kind']}:{node['code']}" if node["code"] else str(node["kind"])


def _about(node: dict[str, Any], naming: Naming) -> About:
    if node["kind"] == "fund":
        return naming.of_fund(node["code"])
    return of_partner(node["code"]) if node["kind"] in ("partner", "with_partner") and node["code"] else ()


def redirects(content: Content, naming: Naming) -> Section:
    """What a need couldn't use and went up its tree, under the clause that donors saw."""
    columns = (
        text("month", _("Month")),
        text("from", _("From")),
        text("to", _("To")),
        money("amount", _("Sum")),
        text("clause", _("Clause shown before paying")),
        text("reason", _("Why")),
    )
    return Section(
        key="redirects",
        title=_("Redirected"),
        lead=_("What a need could not use went up its tree, under the clause that donors saw before they paid."),
        columns=columns,
        rows=tuple(
            Row(
                code=f"{row['from']}>{row['to']}",
                cells=(
                    words.month_name(row["period"]),
                    naming.fund(row["from"]),
                    naming.fund(row["to"]),
                    row["amount"],
                    row["clause"],
                    words.redirect_reason(row["reason"]),
                ),
                of=naming.of_fund(row["from"], row["to"]),
            )
            for row in content.get("redirects", ())
        ),
        totals=summed(columns),
        by=BY_NEED,
    )


def deficits(content: Content, naming: Naming) -> Section:
    """Funds that a late chargeback took below zero, and what covered them."""
    columns = (text("name", _("Purpose")), money("amount", _("Lacking at the end")), money("covered", _("Covered")))
    return Section(
        key="deficits",
        title=_("Deficits"),
        lead=_("A payment that came back after it was spent leaves a hole. It is named and covered, never hidden."),
        columns=columns,
        rows=tuple(
            Row(
                code=row["fund"],
                cells=(naming.fund(row["fund"]), row["amount"], row["covered"]),
                of=naming.of_fund(row["fund"]),
            )
            for row in content.get("deficits", ())
        ),
        totals=summed(columns),
        by=BY_NEED,
    )


def provider(content: Content, naming: Naming) -> Section:
    """What moved our balance at the payment provider, in its own categories."""
    columns = (text("category", _("What moved it")), money("net", _("Net")))
    return Section(
        key="provider",
        title=_("At the payment provider"),
        lead=_(
            "Everything that moved our balance there from its beginning until the books were read, as the provider groups it."
        )
        if content["method"]["version"] <= SECOND_METHOD
        else _(
            "What moved our balance there from its beginning until the end of the last month, as the provider groups it and "
            "as our books have it. What went on to our bank is left out: what stands there on one day are the gifts of a few."
        ),
        columns=columns,
        rows=tuple(
            Row(code=row["category"], cells=(words.provider_category(row["category"]), row["net"]))
            for row in content.get("provider", ())
        ),
        totals=summed(columns),
    )


def payouts(content: Content, naming: Naming) -> Section:
    """What the provider sent to our bank."""
    found = content.get("payouts")
    return Section(
        key="payouts",
        title=_("Paid out to our bank"),
        columns=(count("count", _("Payouts")), money("amount", _("Sum")), money("in_transit", _("Still on the way"))),
        rows=(Row("", (found["count"], found["amount"], found["in_transit"])),) if found else (),
    )


def accepted_differences(content: Content, naming: Naming) -> Section:
    """What didn't agree, was looked into, and was accepted by name."""
    return Section(
        key="accepted_differences",
        title=_("Accepted differences"),
        lead=_("A treasurer accepted these by name, each with the reason. Everything else agreed to the grosz."),
        columns=(
            text("check", _("Check")),
            text("subject", _("About")),
            money("amount", _("Difference")),
            text("reason", _("Reason")),
        ),
        rows=tuple(
            Row(
                code=row["check"],
                cells=(words.check_in_words(row["check"]), row["subject"], row["amount"], row["reason"]),
            )
            for row in content.get("accepted_differences", ())
        ),
    )


def notes(content: Content, naming: Naming) -> Section:
    """The notes of a month: count × denomination adds up to what came in."""
    found = content.get("notes")
    columns = (
        text("fund", _("Purpose")),
        money("denomination", _("Note")),
        count("count", _("How many")),
        money("amount", _("Together")),
    )
    return Section(
        key="notes",
        title=_("Notes"),
        lead=_(
            "Each gift is broken into notes, like cash. How many there are times what each is worth adds up to what came "
            "in, before what was taken back."
        ),
        columns=columns,
        rows=tuple(
            Row(
                code=row["fund"],
                cells=(naming.fund(row["fund"]), row["denomination"], row["count"], row["denomination"] * row["count"]),
                of=naming.of_fund(row["fund"]),
            )
            for row in (found or {}).get("denominations", ())
        ),
        totals=frozenset({"amount"}),
        by=BY_NEED,
    )


def note_sums(content: Content, naming: Naming) -> Section:
    """The sums of the notes, month by month where there are several."""
    found = content.get("notes")
    rows: tuple[Row, ...] = ()
    if found and "months" in found:
        rows = tuple(
            Row(
                month["slug"],
                (month["slug"], month["sum"], month["taken_back"], month["sum"] - month["taken_back"], month["root"]),
            )
            for month in found["months"]
        )
    elif found:
        slug = content["report"]["slug"]
        rows = (
            Row(slug, (slug, found["sum"], found["taken_back"], found["sum"] - found["taken_back"], found["root"])),
        )
    columns = (
        text("report", _("Report")),
        money("sum", _("All notes")),
        money("taken_back", _("Taken back")),
        money("came_in", words.LINE_LABELS["came_in"]),
        text("root", _("Root of the notes")),
    )
    return Section(
        key="note_sums",
        title=_("Sums of the notes"),
        columns=columns,
        rows=rows,
        totals=summed(columns) if len(rows) > 1 else frozenset(),
    )


def correction(content: Content, naming: Naming) -> Section:
    """What a correction changed, line by line."""
    found = content["correction"]
    return Section(
        key="correction",
        title=_("What the correction changed"),
        columns=(text("line", _("Line")), money("change", _("Change"))),
        rows=tuple(
            Row(code=key, cells=(words.line_in_words(key), change))
            for key, change in words.lines_in_order(found["difference"])
        )
        if found
        else (),
        named_by_row=True,
    )


def correction_funds(content: Content, naming: Naming) -> Section:
    """What a correction changed in single funds."""
    found = content["correction"]
    rows = []
    for fund in (found or {}).get("funds", ()):
        for key, change in sorted(
            fund["columns"].items(), key=lambda column: FUND_ORDER.get(column[0], len(FUND_ORDER))
        ):
            is_count = key == "documents"
            label = _("Documents") if is_count else str(words.FUND_LABELS.get(key, key))
            cells = (in_language(fund["name"]), label, None if is_count else change, change if is_count else None)
            rows.append(Row(code=f"{fund['code']}:{key}", cells=cells, of=naming.of_fund(fund["code"])))
    return Section(
        key="correction_funds",
        title=_("What the correction changed, fund by fund"),
        columns=(
            text("name", _("Purpose")),
            text("column", _("Column")),
            money("change", _("Change")),
            count("count", _("Change in number"), optional=True),
        ),
        rows=tuple(rows),
        by=BY_NEED,
    )
