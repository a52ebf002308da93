"""The lines of the second method: of the whole house, of a campaign's funds, or of one year's gifts.

opening + came in - given back - fees and running costs - turned into help - moved out = closing = with partners + waiting.
`moved_out` is 0 unless the report is of some funds only: then it is what left for the others, less what came from them.
"""

from transparency.figures.facts import Facts
from transparency.figures.lines import LINES, RUNNING_COSTS_FUND, total_lines
from transparency.figures.material import FundSums, Material

ALL_LINES = (
    "opening",
    "came_in",
    "given_back",
    "payment_fees",
    "running_costs",
    "fees_and_running_costs",
    "help_with_documents",
    "moved_out",
    "with_partners",
    "waiting",
    "waiting_for_running_costs",
    "closing",
)
COMPARED = (*LINES[:5], "moved_out", *LINES[5:])
"""The lines that a correction is compared by."""


def lines_of(facts: Facts, *, some_funds_only: bool) -> dict[str, int]:
    """All lines in grosze."""
    if facts.cohort is not None:
        return _of_a_cohort(facts)
    material = Material(funds=facts.funds, partners=facts.partners, spending=(), donors=0)
    lines = {**total_lines(material), "moved_out": 0}
    if some_funds_only:
        shared = sum(fund.share - fund.share_received for fund in facts.funds)
        lines["given_back"] -= shared
        lines["moved_out"] = shared + sum(_redirected(fund) for fund in facts.funds)
    if facts.with_partners is not None:
        lines["with_partners"] = facts.with_partners
        lines["waiting"] = lines["closing"] - facts.with_partners
    return {line: lines[line] for line in ALL_LINES}


def is_help(fund: str) -> bool:
    """What the fund for running costs spends is no help."""
    return fund != RUNNING_COSTS_FUND


def _redirected(fund: FundSums) -> int:
    return fund.redirected_out + fund.cover_given - fund.redirected_in - fund.covered


def _of_a_cohort(facts: Facts) -> dict[str, int]:
    row = facts.cohort or {}
    held = row["with_partners"] + row["waiting"]
    known = {
        "came_in": row["came_in"],
        "given_back": row["given_back"] + row["lost"],
        "payment_fees": row["fees"],
        "running_costs": row["running"],
        "fees_and_running_costs": row["fees"] + row["running"],
        "help_with_documents": row["turned_into_help"],
        "with_partners": row["with_partners"],
        "waiting": row["waiting"],
        "closing": held,
    }
    return {line: known.get(line, 0) for line in ALL_LINES}
