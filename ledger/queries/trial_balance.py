"""All accounts, and that they balance."""

from collections import defaultdict
from dataclasses import dataclass

from ledger.models import Mark
from ledger.queries.sums import account_sums


@dataclass(frozen=True, slots=True)
class TrialLine:
    """An account's balance, in the column where it stands; minor units of its currency."""

    account: str
    kind: str
    currency: str
    debit_minor: int
    credit_minor: int


def trial_balance(*, mark: Mark | None = None) -> list[TrialLine]:
    """Every account whose balance isn't zero, by code. Debits and credits sum to the same in each currency."""
    balances: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for each in account_sums(mark=mark):
        balances[each.account, each.kind, each.currency] += each.amount_minor
    return [
        TrialLine(
            account=account, kind=kind, currency=currency, debit_minor=max(amount, 0), credit_minor=max(-amount, 0)
        )
        for (account, kind, currency), amount in sorted(balances.items())
        if amount
    ]
