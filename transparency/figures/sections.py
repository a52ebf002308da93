"""Sections of a report that are a turn of its facts: funds, needs, partners, places, policy, deficits, notes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from transparency.figures.compose import FUND_COLUMNS, PARTNER_COLUMNS, in_tree_order
from transparency.figures.facts import Facts
from transparency.figures.material import FundSums, Names, Occasion, Spending
from transparency.figures.whole import is_help
from transparency.method import donor_band, permille, regions_may_show

Row = dict[str, Any]


def help_of(facts: Facts) -> list[Spending]:
    """Spending on help: running costs have documents too, and are no help."""
    return [row for row in facts.spending if is_help(row.fund)]


def fund_rows(facts: Facts, names: Names, within: Mapping[str, int]) -> list[Row]:
    """A row for each cell, in the order of the tree, with the sums of all its funds. What moved `within` a row is no move."""
    by_code = {fund.code: fund for fund in in_tree_order(facts.funds, names)}
    heads = {cell[0]: cell for cell in facts.cells}
    return [
        _fund_row([by_code[code] for code in heads[head]], facts, names, within.get(head, 0))
        for head in by_code
        if head in heads
    ]


def moved_within(facts: Facts, cell_of: Mapping[str, str]) -> dict[str, int]:
    """By row, what was redirected between funds that share it: its sum would tell what a fund of few donors had."""
    within: dict[str, int] = defaultdict(int)
    for row in facts.redirects:
        source = cell_of.get(row["from"])
        if source is not None and source == cell_of.get(row["to"]):
            within[source] += row["amount"]
    return dict(within)


def _fund_row(funds: list[FundSums], facts: Facts, names: Names, within: int) -> Row:
    head = funds[0].code
    about = names["funds"][head]
    codes = {fund.code for fund in funds}
    sums = {column: sum(getattr(fund, column) for fund in funds) for column in FUND_COLUMNS}
    sums["redirected_in"] -= within
    sums["redirected_out"] -= within
    return {
        "code": head,
        "name": about["name"],
        "parent": about["parent"],
        "restriction": about["restriction"],
        "merged": [{"code": fund.code, "name": names["funds"][fund.code]["name"]} for fund in funds[1:]],
        "donors": donor_band(facts.donors_by_cell.get(head, 0)),
        "documents": sum(row.documents for row in facts.spending if row.fund in codes),
        "promised": sum(fund.promised for fund in funds),
        **sums,
    }


def need_rows(facts: Facts, names: Names) -> list[Row]:
    """Each need with what it is for; its sums only where it stands in a row of its own."""
    alone = {cell[0] for cell in facts.cells if len(cell) == 1}
    shown_in = {code: cell[0] for cell in facts.cells for code in cell}
    sums = {fund.code: fund for fund in facts.funds}
    rows = []
    for code, about in sorted(names.get("needs", {}).items()):
        fund = sums.get(code)
        if fund is None:
            continue
        rows.append(
            {
                "fund": code,
                "name": names["funds"][code]["name"],
                "goal": about["goal"],
                "season": about["season"],
                "came_in": fund.received if code in alone else None,
                "spent": fund.spent if code in alone else None,
                "merged_into": None if code in alone else shown_in[code],
                "packages": about["packages"],
            }
        )
    return rows


def partner_rows(facts: Facts, names: Names, partner_codes: Mapping[str, str]) -> list[Row]:
    """Each partner under the code and name that may be printed."""
    rows = [
        {
            "code": partner_codes[partner.code],
            "name": names["partners"][partner.code],
            **{column: getattr(partner, column) for column in PARTNER_COLUMNS},
            **_sum_of(row for row in help_of(facts) if row.partner == partner.code),
        }
        for partner in facts.partners
    ]
    granted = {row.partner for row in help_of(facts) if row.partner} - {partner.code for partner in facts.partners}
    rows += [
        {
            "code": partner_codes[code],
            "name": names["partners"][code],
            **dict.fromkeys(PARTNER_COLUMNS, 0),
            **_sum_of(row for row in help_of(facts) if row.partner == code),
        }
        for code in granted
    ]
    return sorted(rows, key=lambda row: str(row["code"]))


def own_purchases(facts: Facts) -> Row:
    """What we bought ourselves."""
    return _sum_of(row for row in help_of(facts) if row.partner is None)


def region_section(occasion: Occasion, facts: Facts, names: Names) -> Row:
    """Help by region, or nothing at all while it is too recent."""
    if not regions_may_show(last_period=occasion.last_period, taken_at=occasion.taken_at):
        return {"withheld": True, "rows": []}
    spending = help_of(facts)
    return {
        "withheld": False,
        "rows": [
            {
                "code": code or None,
                "name": names["regions"][code] if code else None,
                **_sum_of(row for row in spending if (row.region or "") == code),
            }
            for code in sorted({row.region or "" for row in spending})
        ],
    }


def policy_section(facts: Facts, lines: Mapping[str, int]) -> Row:
    """Fees and running costs beside what came in, and the share beside what donors were told before paying.

    The policies themselves have no sums of their own: a policy that began late in a month would tell of the few who gave then.
    """
    share = _kept(facts)
    came_in = lines["came_in"]
    return {
        "came_in": came_in,
        "fees": lines["payment_fees"],
        "fees_permille": permille(lines["payment_fees"], came_in),
        "share": share,
        "share_permille": None if share is None else permille(share, came_in),
        "share_policy_permille": _last_policy(facts),
        "running_costs": lines["running_costs"],
        "running_costs_permille": permille(lines["running_costs"], came_in),
        **_booked_and_said(facts),
    }


def _kept(facts: Facts) -> int | None:
    """What running costs kept of the shares; None where that can't be told."""
    if facts.share is not None and "kept" in facts.share:
        kept: int | None = facts.share["kept"]
        return kept
    return sum(fund.share_received for fund in facts.funds)


def _last_policy(facts: Facts) -> int | None:
    """The policy in force when the months ended; None when running costs got nothing then."""
    if facts.share is None or not facts.share["policies"]:
        return None
    return int(facts.share["policies"][-1]["permille"]) or None


def _booked_and_said(facts: Facts) -> Row:
    """What was booked with the gifts, whatever went back later, what their donors were told, and the policies in force."""
    if facts.share is None:
        return {}
    return {
        "share_booked": facts.share.get("booked", sum(fund.share for fund in facts.funds)),
        "share_said": facts.share["said"],
        "policies": facts.share["policies"],
    }


def deficit_rows(facts: Facts, cell_of: Mapping[str, str]) -> list[Row]:
    """Rows that lack money at the end, or whose lack was covered. A fund of few donors isn't told apart by what it lacks."""
    closing: dict[str, int] = defaultdict(int)
    covered: dict[str, int] = defaultdict(int)
    for fund in facts.funds:
        closing[cell_of.get(fund.code, fund.code)] += fund.closing
        covered[cell_of.get(fund.code, fund.code)] += fund.covered
    return [
        {"fund": code, "amount": max(-closing[code], 0), "covered": covered[code]}
        for code in sorted(closing)
        if closing[code] < 0 or covered[code]
    ]


def redirect_rows(facts: Facts, cell_of: Mapping[str, str]) -> list[Row]:
    """What moved up the tree, in the rows that are shown; a move inside one row is none."""
    sums: dict[tuple[str, str, str, str, int], int] = defaultdict(int)
    for row in facts.redirects:
        source, target = cell_of.get(row["from"], row["from"]), cell_of.get(row["to"], row["to"])
        if source != target:
            sums[source, target, row["clause"], row["reason"], row["period"]] += row["amount"]
    return [
        {"from": source, "to": target, "amount": amount, "clause": clause, "reason": reason, "period": period}
        for (source, target, clause, reason, period), amount in sorted(sums.items())
    ]


def evidence_rows(facts: Facts) -> list[Row]:
    """Help by how well it is evidenced; by the grade at acceptance where nothing finer is known."""
    if facts.evidence:
        return sorted(facts.evidence, key=lambda row: str(row["grade"]))
    spending = help_of(facts)
    return [
        {"grade": grade, **_sum_of(row for row in spending if row.grade == grade), "checked_by": []}
        for grade in sorted({row.grade for row in spending})
    ]


def notes_section(facts: Facts, cell_of: Mapping[str, str]) -> Row | None:
    """Notes by the row of their fund, so that a fund of few donors doesn't show their sums."""
    if facts.notes is None or "months" in facts.notes:
        return facts.notes
    counted: dict[tuple[str, int], int] = defaultdict(int)
    for fund, denominations in facts.notes["counts"].items():
        for denomination, count in denominations.items():
            counted[cell_of.get(fund, fund), int(denomination)] += count
    return {
        "denominations": [
            {"fund": fund, "denomination": denomination, "count": count}
            for (fund, denomination), count in sorted(counted.items(), key=lambda item: (item[0][0], -item[0][1]))
        ],
        "sum": facts.notes["sum"],
        "taken_back": facts.notes["taken_back"],
        "leaves": facts.notes["leaves"],
        "root": facts.notes["root"],
    }


def _sum_of(rows: Iterable[Spending]) -> dict[str, int]:
    spent = documents = 0
    for row in rows:
        spent += row.amount
        documents += row.documents
    return {"spent": spent, "documents": documents}
