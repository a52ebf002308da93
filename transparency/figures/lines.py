"""The five lines, and how they add up.

opening + came in - given back - fees and running costs - turned into help = closing, and
closing = with partners + waiting. Moves between funds (share, redirects, covered deficits) leave the whole as it is,
except that a refund also takes back its share of running costs: so "given back" includes share out minus share in.
"""

from collections.abc import Sequence

from transparency.figures.material import FundSums, Material

RUNNING_COSTS_FUND = "ADMIN"
"""What this fund spends are running costs; what any other spends is help."""

LINES = (
    "opening",
    "came_in",
    "given_back",
    "fees_and_running_costs",
    "help_with_documents",
    "with_partners",
    "waiting",
    "closing",
)
"""The lines in the order of their sum; two of them (opening, closing) tie a report to its neighbours."""


def total_lines(material: Material) -> dict[str, int]:
    """The lines of the whole house in grosze, with the parts of fees and running costs and of what is waiting."""
    funds = material.funds
    payment_fees = _total(funds, "fees")
    running_costs = sum(fund.spent for fund in funds if fund.code == RUNNING_COSTS_FUND)
    closing = sum(fund.closing for fund in funds)
    with_partners = sum(partner.closing for partner in material.partners)
    set_aside = sum(fund.closing for fund in funds if fund.code == RUNNING_COSTS_FUND)
    return {
        "opening": _total(funds, "opening"),
        "came_in": _total(funds, "received"),
        "given_back": _total(funds, "refunds")
        + _total(funds, "losses")
        + _total(funds, "share")
        - _total(funds, "share_received"),
        "payment_fees": payment_fees,
        "running_costs": running_costs,
        "fees_and_running_costs": payment_fees + running_costs,
        "help_with_documents": sum(fund.spent for fund in funds if fund.code != RUNNING_COSTS_FUND),
        "with_partners": with_partners,
        "waiting": closing - with_partners,
        "waiting_for_running_costs": set_aside,
        "closing": closing,
    }


def internal_moves(funds: Sequence[FundSums]) -> dict[str, tuple[int, int]]:
    """Pairs (out, in) that must be equal over all funds: redirects and covered deficits."""
    return {
        "redirect": (_total(funds, "redirected_out"), _total(funds, "redirected_in")),
        "loss_cover": (_total(funds, "cover_given"), _total(funds, "covered")),
    }


def _total(funds: Sequence[FundSums], column: str) -> int:
    return sum(int(getattr(fund, column)) for fund in funds)
