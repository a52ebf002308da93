"""How much there is."""

from collections import defaultdict
from dataclasses import dataclass

from ledger.models import AccountKind, FundUse, Mark
from ledger.queries.sums import account_sums


@dataclass(frozen=True, slots=True)
class FundBalance:
    """What a fund holds, and what of it is not promised yet; minor units."""

    balance_minor: int
    available_minor: int


def account_balance(*, code: str, mark: Mark | None = None) -> int:
    """The balance of an account in minor units of its currency: debit positive. Zero without postings."""
    return sum(each.amount_minor for each in account_sums(mark=mark, account=code))


def fund_balance(*, code: str, mark: Mark | None = None) -> int:
    """What a fund holds, in minor units: minus the sum over its accounts, memo accounts apart."""
    return _of_fund(code=code, mark=mark).balance_minor


def fund_available(*, code: str, mark: Mark | None = None) -> int:
    """What of a fund may still be promised or spent, in minor units: its balance less what is committed.

    Before a decision, ask after `lock_funds`, in the same database transaction.
    """
    return _of_fund(code=code, mark=mark).available_minor


def fund_balances(*, mark: Mark | None = None) -> dict[str, FundBalance]:
    """Balance and available of every fund with postings, by its code."""
    return _balances(code=None, mark=mark)


def _of_fund(*, code: str, mark: Mark | None) -> FundBalance:
    return _balances(code=code, mark=mark).get(code, FundBalance(balance_minor=0, available_minor=0))


def _balances(*, code: str | None, mark: Mark | None) -> dict[str, FundBalance]:
    held: defaultdict[str, int] = defaultdict(int)
    promised: defaultdict[str, int] = defaultdict(int)
    for each in account_sums(mark=mark, fund=code):
        if each.fund is None:
            continue
        if each.kind != AccountKind.MEMO:
            held[each.fund] -= each.amount_minor
        elif each.use == FundUse.ENCUMBERED:
            promised[each.fund] += each.amount_minor
    return {
        fund: FundBalance(balance_minor=held[fund], available_minor=held[fund] - promised[fund])
        for fund in sorted({*held, *promised})
    }
