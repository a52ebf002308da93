"""Do the funds add up, one by one and all together?"""

from collections.abc import Iterator

from ledger.accounts import BANK, BANK_IN_TRANSIT, CASH, PAYABLE, STRIPE_CLEARING, UNMATCHED
from transparency.checks.found import Found, Scope
from transparency.figures.lines import internal_moves
from transparency.models import CheckName
from transparency.sources.books import fund_balances

WHAT_WE_HAVE = (BANK, BANK_IN_TRANSIT, CASH, STRIPE_CLEARING)
WHAT_WE_OWE = (PAYABLE, UNMATCHED)
ADVANCES = "asset:advance:"
EVERY_MONTH = 999_999
"""Later than every month."""


def fund_identity(scope: Scope) -> Iterator[Found]:
    """The named movements of each fund, and of each partner's advances, lead exactly to its balance."""
    balances = dict(scope.reading.balances)
    for fund in scope.reading.funds:
        actual = balances.pop(fund.code, 0)
        if fund.closing != actual:
            yield Found(check=CheckName.FUND_IDENTITY, subject=fund.code, expected=fund.closing, actual=actual)
    accounts = scope.reading.accounts
    for partner in scope.reading.partners:
        account = ADVANCES + partner.code
        actual = accounts.get(account, 0)
        if partner.closing != actual:
            yield Found(check=CheckName.FUND_IDENTITY, subject=account, expected=partner.closing, actual=actual)


def internal_moves_cancel(scope: Scope) -> Iterator[Found]:
    """What leaves one fund for another arrives there."""
    for name, (out, arrived) in internal_moves(scope.reading.funds).items():
        if out != arrived:
            yield Found(check=CheckName.INTERNAL_MOVES, subject=name, expected=out, actual=arrived)


def funds_equal_assets(scope: Scope) -> Iterator[Found]:
    """All funds + payables + unmatched = bank + Stripe + cash + advances; an account outside these holds nothing."""
    have = owe = 0
    for code, balance in scope.reading.accounts.items():
        if code in WHAT_WE_HAVE or code.startswith(ADVANCES):
            have += balance
        elif code in WHAT_WE_OWE:
            owe -= balance
        elif balance:
            yield Found(check=CheckName.FUNDS_EQUAL_ASSETS, subject=code, expected=0, actual=balance)
    funds = sum(scope.reading.balances.values())
    if funds + owe != have:
        yield Found(
            check=CheckName.FUNDS_EQUAL_ASSETS, subject="funds + owed = held", expected=funds + owe, actual=have
        )


def no_fund_below_zero(scope: Scope) -> Iterator[Found]:
    """A fund that ended the months in deficit is named, with its balance, for as long as nobody has made up for it.

    What came late is made up for late: a cover is decided, and a gift comes, in the month after. By the mark the fund then
    holds enough again; the months keep their deficit in the books, and the report prints it as a deficit.
    """
    by_the_mark = fund_balances(last_period=EVERY_MONTH, mark=scope.mark)
    for code, balance in sorted(scope.reading.balances.items()):
        if balance < 0 and by_the_mark.get(code, 0) < 0:
            yield Found(check=CheckName.NO_FUND_BELOW_ZERO, subject=code, expected=0, actual=balance)
