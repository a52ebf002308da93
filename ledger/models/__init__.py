"""One noun a file."""

from ledger.models.account import Account, AccountKind
from ledger.models.donee import Donee
from ledger.models.fund import Fund, Restriction
from ledger.models.fund_use import FundUse
from ledger.models.home import Home
from ledger.models.journal_entry import EntryKind, JournalEntry
from ledger.models.mark import Mark
from ledger.models.monthly_balance import MonthlyBalance
from ledger.models.period import Period, PeriodStatus
from ledger.models.posting import Posting

__all__ = [
    "Account",
    "AccountKind",
    "Donee",
    "EntryKind",
    "Fund",
    "FundUse",
    "Home",
    "JournalEntry",
    "Mark",
    "MonthlyBalance",
    "Period",
    "PeriodStatus",
    "Posting",
    "Restriction",
]
