"""The way of every złoty, as edges from a place to a place: what flows into a fund flows out of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from transparency.figures.facts import Facts
from transparency.figures.material import FundSums, Spending
from transparency.figures.whole import is_help

Place = tuple[str, str]
Edges = Counter[tuple[Place, Place]]

OPENING, GIFTS, BETWEEN = ("opening", ""), ("gifts", ""), ("between_funds", "")
FEES, GIVEN_BACK, HELD, WAITING = ("fees", ""), ("given_back", ""), ("held", ""), ("waiting", "")
RUNNING, OURSELVES, UNDOCUMENTED, ELSEWHERE = (
    ("running_costs", ""),
    ("ourselves", ""),
    ("undocumented", ""),
    ("elsewhere", ""),
)


def flow_of(
    facts: Facts,
    lines: Mapping[str, int],
    *,
    cell_of: Mapping[str, str],
    partner_codes: Mapping[str, str],
    within: Mapping[str, int],
) -> list[dict[str, Any]]:
    """Edges between places, funds by the cell that shows them. Their sums are those of the lines. What moved `within` a cell
    is no move.
    """
    if facts.cohort is not None:
        return []
    edges: Edges = Counter()
    for fund in facts.funds:
        _through_fund(edges, fund, ("fund", cell_of[fund.code]), facts.spending, partner_codes)
    for cell, amount in within.items():
        edges[BETWEEN, ("fund", cell)] -= amount
        edges[("fund", cell), BETWEEN] -= amount
    if facts.with_partners is None:
        given_back = sum(fund.share - fund.share_received for fund in facts.funds)
        edges[BETWEEN, GIVEN_BACK] += given_back
        for partner in facts.partners:
            edges[HELD, ("with_partner", partner_codes[partner.code])] += partner.closing
    else:
        edges[BETWEEN, ELSEWHERE] += lines["moved_out"]
        for partner in facts.partners:
            edges[HELD, ("with_partner", partner_codes[partner.code])] += partner.closing
    edges[HELD, WAITING] += lines["waiting"]
    return [_edge(source, target, amount) for (source, target), amount in sorted(edges.items()) if amount]


def _through_fund(
    edges: Edges, fund: FundSums, here: Place, spending: Iterable[Spending], partner_codes: Mapping[str, str]
) -> None:
    edges[OPENING, here] += fund.opening
    edges[GIFTS, here] += fund.received
    edges[BETWEEN, here] += fund.share_received + fund.redirected_in + fund.covered
    edges[here, BETWEEN] += fund.share + fund.redirected_out + fund.cover_given
    edges[here, FEES] += fund.fees
    edges[here, GIVEN_BACK] += fund.refunds + fund.losses
    edges[here, HELD] += fund.closing
    if not is_help(fund.code):
        edges[here, RUNNING] += fund.spent
        return
    documented = 0
    for row in spending:
        if row.fund == fund.code:
            spender = ("partner", partner_codes[row.partner]) if row.partner else OURSELVES
            edges[here, spender] += row.amount
            documented += row.amount
    edges[here, UNDOCUMENTED] += fund.spent - documented


def _edge(source: Place, target: Place, amount: int) -> dict[str, Any]:
    return {
        "from": {"kind": source[0], "code": source[1]},
        "to": {"kind": target[0], "code": target[1]},
        "amount": amount,
    }
