"""What can be asked of the books."""

from ledger.queries.balances import account_balance, fund_available, fund_balance, fund_balances
from ledger.queries.homes import stands_at_home
from ledger.queries.movements import FundMovement, fund_movements
from ledger.queries.periods import period_for
from ledger.queries.statements import StatementLine, fund_statement
from ledger.queries.table import ledger_table
from ledger.queries.trial_balance import TrialLine, trial_balance

__all__ = [
    "FundMovement",
    "StatementLine",
    "TrialLine",
    "account_balance",
    "fund_available",
    "fund_balance",
    "fund_balances",
    "fund_movements",
    "fund_statement",
    "ledger_table",
    "period_for",
    "stands_at_home",
    "trial_balance",
]
