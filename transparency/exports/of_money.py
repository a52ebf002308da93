"""Sections about money: the lines, funds, partners, regions, cohorts, and what it is compared with."""

from typing import Any

from django.utils.translation import gettext as _

from core.texts import in_language
from transparency.exports.model import Band, Column, Dimension, Kind, Row, Section, Value, count, money, summed, text
from transparency.exports.naming import Content, Naming, of_partner, of_region
from transparency.figures.compose import FUND_COLUMNS, PARTNER_COLUMNS
from transparency.method import permille
from transparency.pages import words

ALWAYS_SHOWN = ("opening", "received", "spent", "closing")
COHORT_PARTS = ("given_back", "fees", "running", "turned_into_help", "with_partners", "lost", "waiting")


def lines(content: Content, naming: Naming) -> Section:
    """Every line of the whole, in the order of its sum. What running costs keep is told where their fund is in the report."""
    elsewhere = {"waiting_for_running_costs"} if content["report"]["kind"] in ("campaign", "cohort") else set[str]()
    return Section(
        key="lines",
        title=_("All lines"),
        columns=(text("line", _("Line")), money("amount", _("Sum"))),
        rows=tuple(
            Row(code=key, cells=(words.line_in_words(key), amount))
            for key, amount in words.lines_in_order(content["lines"])
            if key not in elsewhere
        ),
        named_by_row=True,
    )


def donors(content: Content, naming: Naming) -> Section:
    """How many gave, as closely as it is published."""
    return Section(
        key="donors",
        title=_("How many gave"),
        columns=(text("who", _("Who")), Column("donors", _("Donors"), Kind.BAND)),
        rows=(Row(code="", cells=(_("Everybody together"), band(content["donors"]))),),
    )


def funds(content: Content, naming: Naming) -> Section:
    """Each fund, with everything that moved it."""
    columns = (
        text("name", _("Purpose")),
        *(money(key, words.FUND_LABELS[key], optional=key not in ALWAYS_SHOWN) for key in (*FUND_COLUMNS, "promised")),
        count("documents", _("Documents")),
        Column("donors", _("Donors"), Kind.BAND),
    )
    areas = {fund["code"] for fund in content["funds"] if fund["restriction"] == "purpose"}
    rows = tuple(
        Row(
            code=fund["code"],
            cells=(
                _with_merged(fund),
                *(fund[key] for key in (*FUND_COLUMNS, "promised")),
                fund["documents"],
                band(fund["donors"]),
            ),
            level=1 if fund["parent"] in areas else 0,
            of=naming.of_fund(fund["code"], *(merged["code"] for merged in fund.get("merged", ()))),
        )
        for fund in content["funds"]
    )
    return Section(
        key="funds",
        title=_("Funds"),
        lead=_(
            "Each need has a fund of its own, under its area. Every row adds up: what there was, plus what came, minus "
            "what went, is what there is."
        ),
        columns=columns,
        rows=rows,
        empty=_("Nothing moved in these months."),
        totals=summed(columns),
        by=frozenset({Dimension.NEED}),
    )


def partners(content: Content, naming: Naming) -> Section:
    """Each partner's advances and documents; what we bought ourselves is the last row."""
    columns = (
        text("name", _("Partner")),
        *(money(key, words.PARTNER_LABELS[key]) for key in PARTNER_COLUMNS),
        money("spent", words.FUND_LABELS["spent"]),
        count("documents", _("Documents")),
    )
    rows = [
        Row(
            code=partner["code"],
            cells=(
                in_language(partner["name"]),
                *(partner[key] for key in PARTNER_COLUMNS),
                partner["spent"],
                partner["documents"],
            ),
            of=of_partner(partner["code"]),
        )
        for partner in content["partners"]
    ]
    own = content["own_purchases"]
    if own["documents"] or own["spent"]:
        blank: tuple[Value, ...] = (None,) * len(PARTNER_COLUMNS)
        rows.append(Row(code="", cells=(_("Bought by ourselves"), *blank, own["spent"], own["documents"])))
    return Section(
        key="partners",
        title=_("Partners"),
        columns=columns,
        rows=tuple(rows),
        empty=_("No partner had money of ours in these months."),
        totals=summed(columns),
        by=frozenset({Dimension.PARTNER}),
    )


def regions(content: Content, naming: Naming) -> Section:
    """Spending by region, no finer than the few there are."""
    columns = (
        text("name", _("Region")),
        money("spent", words.FUND_LABELS["spent"]),
        count("documents", _("Documents")),
    )
    withheld = content["regions"]["withheld"]
    return Section(
        key="regions",
        title=_("Regions"),
        columns=columns,
        rows=tuple(
            Row(
                code=region["code"] or "",
                cells=(
                    in_language(region["name"]) if region["name"] else _("Not tied to a region"),
                    region["spent"],
                    region["documents"],
                ),
                of=of_region(region["code"] or ""),
            )
            for region in content["regions"]["rows"]
        ),
        empty=words.regions_come_later(content["method"]["region_delay_days"])
        if withheld
        else _("Nothing was spent in these months."),
        totals=summed(columns),
        by=frozenset({Dimension.REGION}),
    )


def cohorts(content: Content, naming: Naming) -> Section:
    """What became of all gifts of a year."""
    columns = (
        text("year", _("Given in")),
        money("came_in", words.LINE_LABELS["came_in"]),
        *(
            money(key, words.COHORT_LABELS[key], optional=key in ("running", "given_back", "lost"))
            for key in COHORT_PARTS
        ),
    )
    return Section(
        key="cohorts",
        title=_("What became of each year’s gifts"),
        lead=_(
            "A year’s spending over the same year’s gifts would mislead, since money given in December works in January. "
            "So each year’s gifts are followed until now."
        ),
        columns=columns,
        rows=tuple(
            Row(
                code=str(row["year"]),
                cells=(str(row["year"]), row["came_in"], *(row[key] for key in COHORT_PARTS)),
            )
            for row in content.get("cohorts", ())
        ),
        totals=summed(columns),
    )


def policy(content: Content, naming: Naming) -> Section:
    """Fees and running costs against what was promised before paying."""
    found = content.get("policy")
    rows: tuple[Row, ...] = ()
    if found:
        kept, spent = found["share"], _("Running costs, spent")
        if content["report"]["kind"] == "cohort":
            spent = _("Went to running costs")
        rows = (
            Row("fees", (_("Payment fees"), found["fees"], found["fees_permille"], None)),
            Row(
                "share",
                (
                    _("Share for running costs, taken from gifts")
                    if kept is not None
                    else _("Share for running costs; what went back of it isn’t told by purpose"),
                    kept,
                    found["share_permille"],
                    found["share_policy_permille"],
                ),
            ),
            Row("running_costs", (spent, found["running_costs"], found["running_costs_permille"], None)),
            *_against_policies(found),
        )
    return Section(
        key="policy",
        title=_("Fees and running costs against the policy"),
        lead=_(
            "Before paying, each donor is told which part of the gift pays for running costs, and that part is booked with the "
            "gift: never more. A gift that comes again keeps the lower of what was said and what holds. What goes back to a "
            "donor takes its part back from running costs, too."
        )
        if found and found.get("policies")
        else "",
        columns=(
            text("what", _("What")),
            money("amount", _("Sum")),
            Column("of_came_in", _("Of what came in"), Kind.SHARE),
            Column("policy", _("Said before paying"), Kind.SHARE),
        ),
        rows=rows,
    )


def _against_policies(found: dict[str, Any]) -> tuple[Row, ...]:
    """What was booked beside what was said, and each policy with its days; nothing before the first one."""
    if "policies" not in found:
        return ()
    booked, said, came_in = found["share_booked"], found["share_said"], found["came_in"]
    return (
        Row("share_booked", (_("Share booked with the gifts"), booked, permille(booked, came_in), None)),
        Row("share_said", (_("What these donors were told before paying"), said, permille(said, came_in), None)),
        *(
            Row(f"policy:{policy['from']}", (_days_of(policy), None, None, policy["permille"]))
            for policy in found["policies"]
        ),
    )


def _days_of(policy: dict[str, Any]) -> str:
    told = {"first": policy["from"], "last": policy["until"]}
    return _("Said from %(first)s to %(last)s") % told if policy["until"] else _("Said since %(first)s") % told


def year_on_year(content: Content, naming: Naming) -> Section:
    """The same months a year before, as they were published."""
    before = content.get("year_on_year")
    columns = (
        text("line", _("Line")),
        money("now", _("Now")),
        money("before", _("A year before")),
        money("difference", _("Difference")),
    )
    return Section(
        key="year_on_year",
        title=_("Beside the year before"),
        columns=columns,
        rows=tuple(
            Row(
                code=key,
                cells=(words.line_in_words(key), content["lines"][key], amount, content["lines"][key] - amount),
            )
            for key, amount in words.lines_in_order(before["lines"])
        )
        if before
        else (),
    )


def income_share(content: Content, naming: Naming) -> Section:
    """What part of the whole organisation's income this shop is."""
    found = content.get("income_share")
    return Section(
        key="income_share",
        title=_("Part of the organisation’s income"),
        lead=_("The organisation’s income as it reported it, and how much of it came in through this shop."),
        columns=(
            text("year", _("Year")),
            money("organisation_income", _("Income of the whole organisation")),
            Column("covered_permille", _("Came in here"), Kind.SHARE),
        ),
        rows=(Row(str(found["year"]), (str(found["year"]), found["organisation_income"], found["covered_permille"])),)
        if found
        else (),
    )


def band(found: dict[str, int]) -> Band:
    """A band of the content as a value."""
    return (found["from"], found["below"])


def _with_merged(fund: dict[str, object]) -> str:
    """The fund's name, and which small ones are counted in it."""
    name = in_language(fund["name"])  # type: ignore[arg-type]  # the schema says that it holds texts
    merged = [in_language(each["name"]) for each in fund.get("merged", ())]  # type: ignore[attr-defined]  # as above
    return _("%(fund)s, with %(others)s") % {"fund": name, "others": ", ".join(merged)} if merged else name
