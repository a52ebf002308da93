"""What must hold at the mark before a report can go to review: named checks, each giving what it found."""

from collections.abc import Callable, Iterable

from transparency.checks.found import Found, Scope
from transparency.checks.of_aid import emergencies_countersigned, redirects_told
from transparency.checks.of_documents import spending_has_documents
from transparency.checks.of_entries import entries_balance, monthly_balances, one_currency
from transparency.checks.of_funds import fund_identity, funds_equal_assets, internal_moves_cancel, no_fund_below_zero
from transparency.checks.of_months import earlier_months_closed
from transparency.checks.of_payments import charges_have_movements, clearing
from transparency.checks.of_payouts import payouts_equal_parts
from transparency.checks.of_readers import notes_sum, small_cells
from transparency.models import CheckName

Check = Callable[[Scope], Iterable[Found]]

CHECKS: dict[CheckName, Check] = {
    CheckName.ENTRIES_BALANCE: entries_balance,
    CheckName.MONTHLY_BALANCES: monthly_balances,
    CheckName.ONE_CURRENCY: one_currency,
    CheckName.CLEARING: clearing,
    CheckName.CHARGES_HAVE_MOVEMENTS: charges_have_movements,
    CheckName.FUND_IDENTITY: fund_identity,
    CheckName.INTERNAL_MOVES: internal_moves_cancel,
    CheckName.FUNDS_EQUAL_ASSETS: funds_equal_assets,
    CheckName.SPENDING_HAS_DOCUMENTS: spending_has_documents,
    CheckName.NO_FUND_BELOW_ZERO: no_fund_below_zero,
    CheckName.PAYOUTS_EQUAL_PARTS: payouts_equal_parts,
    CheckName.EMERGENCIES_COUNTERSIGNED: emergencies_countersigned,
    CheckName.REDIRECTS_TOLD: redirects_told,
    CheckName.SMALL_CELLS: small_cells,
    CheckName.EARLIER_MONTHS_CLOSED: earlier_months_closed,
}
"""In the order in which they run. BUILD_COMPLETES isn't run: a worker that failed too often leaves it."""

LAST_CHECKS: dict[CheckName, Check] = {CheckName.NOTES_SUM: notes_sum}
"""What can be held only against notes that are made: after all others, so that they are made once."""

ACCEPTABLE = frozenset(
    {
        CheckName.CLEARING,
        CheckName.FUNDS_EQUAL_ASSETS,
        CheckName.SPENDING_HAS_DOCUMENTS,
        CheckName.NO_FUND_BELOW_ZERO,
        CheckName.PAYOUTS_EQUAL_PARTS,
        CheckName.EMERGENCIES_COUNTERSIGNED,
    }
)
"""Where a treasurer may accept a named difference under the cap. The others say that the books contradict themselves, or
that somebody could be found: nobody waives that."""

__all__ = ["ACCEPTABLE", "CHECKS", "LAST_CHECKS", "Check", "Found", "Scope"]
