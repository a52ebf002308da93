"""What can be done to the books."""

from ledger.operations.books import DoneeDetails, open_books
from ledger.operations.funds import FundTaken, NoBooks, UnknownFund, lock_funds, open_fund, open_partner
from ledger.operations.homes import note_home
from ledger.operations.marks import hold_for_posting, take_mark, take_mark_and_read
from ledger.operations.periods import close_period
from ledger.operations.post import Line, Posted, ReferenceTaken, UnbalancedEntry, UnknownAccount, WrongLine, post
from ledger.operations.reverse import NoSuchEntry, reverse

__all__ = [
    "DoneeDetails",
    "FundTaken",
    "Line",
    "NoBooks",
    "NoSuchEntry",
    "Posted",
    "ReferenceTaken",
    "UnbalancedEntry",
    "UnknownAccount",
    "UnknownFund",
    "WrongLine",
    "close_period",
    "hold_for_posting",
    "lock_funds",
    "note_home",
    "open_books",
    "open_fund",
    "open_partner",
    "post",
    "reverse",
    "take_mark",
    "take_mark_and_read",
]
