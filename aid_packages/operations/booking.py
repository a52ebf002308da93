"""What acts on allocations write into the ledger, and the locks and checks of money that stand before it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from aid_packages.models import Allocation
from ledger import accounts
from ledger.models import EntryKind, FundUse
from ledger.operations import Line, lock_funds, post
from ledger.queries import account_balance


class BankShort(ValueError):
    """More would be paid out than the bank account holds. Expected: a payout may still be on its way. In grosze."""

    def __init__(self, *, balance_minor: int, wanted_minor: int) -> None:
        super().__init__(f"the bank account holds {balance_minor}, {wanted_minor} is wanted")
        self.balance_minor = balance_minor
        self.wanted_minor = wanted_minor


class FundShort(ValueError):
    """A fund can't carry the decision: less is available than it takes. Expected. In grosze."""

    def __init__(self, available: int, *, fund_code: str = "", wanted: int = 0) -> None:
        super().__init__(f"{fund_code} has {available} available, {wanted} is wanted")
        self.available = available
        self.fund_code = fund_code
        self.wanted = wanted


@dataclass(frozen=True)
class Seen:
    """What a check under the fund's lock saw, and PostgreSQL's name for the snapshot it saw it in."""

    available_minor: int
    snapshot: str


_AVAILABLE_AND_SNAPSHOT = """
SELECT -coalesce(sum(balance.amount_minor) FILTER (WHERE account.kind <> 'memo'), 0)
       - coalesce(sum(balance.amount_minor) FILTER (WHERE account.use = 'encumbered'), 0),
       pg_current_snapshot()::text
  FROM ledger_monthlybalance balance
  JOIN ledger_account account ON account.id = balance.account_id
  JOIN ledger_fund fund ON fund.id = account.fund_id
 WHERE fund.code = %s
"""


def lock_and_see(*, fund_code: str) -> Seen:
    """Locks the fund's row until the database transaction ends and says what is available in it, in grosze.

    Sum and snapshot come from one statement, so the audit can repeat exactly this sum. Money that arrives meanwhile
    takes no lock and is merely not seen yet.
    """
    lock_funds(codes=[fund_code])
    return _see(fund_code)


def lock_and_see_both(first: str, second: str) -> tuple[Seen, Seen]:
    """The same of two funds, locked in the order of their codes."""
    lock_funds(codes={first, second})
    return _see(first), _see(second)


def require_no_deficit(*, parts: Iterable[tuple[str, int]]) -> None:
    """Locks the funds of (fund code, amount). Raises FundShort for one in which refunds have taken what was set aside.

    No decision takes a fund below zero (promise 12): until gifts or GENERAL have made up for it, nothing is paid or
    accepted there.
    """
    wanted = dict(_by_fund(parts))
    lock_funds(codes=list(wanted))
    for fund_code, amount in wanted.items():
        available = _see(fund_code).available_minor
        if available < 0:
            raise FundShort(available, fund_code=fund_code, wanted=amount)


def _see(fund_code: str) -> Seen:
    with connection.cursor() as cursor:
        cursor.execute(_AVAILABLE_AND_SNAPSHOT, [fund_code])
        available, snapshot = cursor.fetchone()
    return Seen(available_minor=int(available), snapshot=snapshot)


def require_in_bank(*, amount_minor: int) -> None:
    """Holds the right to pay out until the database transaction ends. Raises BankShort.

    An advisory lock, since the account's row belongs to the ledger and nobody may change it; after the lock that
    posting takes, so nobody waits in a circle.
    """
    lock_funds(codes=[])
    _lock_bank()
    balance = account_balance(code=accounts.BANK)
    if balance < amount_minor:
        raise BankShort(balance_minor=balance, wanted_minor=amount_minor)


def _lock_bank() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [accounts.BANK])


def commit_money(*, allocation: Allocation, now: datetime) -> int:
    """Sets the allocation's amount aside; gives the entry's id."""
    lines = _memo(allocation.fund_code, allocation.amount_minor)
    return _post(f"commitment:{allocation.pk}", EntryKind.COMMITMENT, lines, event_at=now, now=now)


def release_money(*, reference: str, parts: Iterable[tuple[str, int]], event_at: datetime, now: datetime) -> int:
    """Takes (fund code, amount) out of what is set aside; gives the entry's id."""
    lines = [line for fund_code, amount in _by_fund(parts) for line in _memo(fund_code, -amount)]
    return _post(reference, EntryKind.RELEASE, lines, event_at=event_at, now=now)


def commit_again(*, reference: str, parts: Iterable[tuple[str, int]], now: datetime) -> int:
    """Sets (fund code, amount) aside once more, since what had used it up was taken back; gives the entry's id."""
    lines = [line for fund_code, amount in _by_fund(parts) for line in _memo(fund_code, amount)]
    return _post(reference, EntryKind.COMMITMENT, lines, event_at=now, now=now)


def book_move(
    *, reference: str, kind: EntryKind, debit: str, credit: str, amount_minor: int, event_at: datetime, now: datetime
) -> int:
    """Books one amount from an account to another; gives the entry's id."""
    lines = [Line(account=debit, amount_minor=amount_minor), Line(account=credit, amount_minor=-amount_minor)]
    return _post(reference, kind, lines, event_at=event_at, now=now)


def book_spending(
    *,
    reference: str,
    kind: EntryKind,
    parts: Iterable[tuple[str, int]],
    credit: str,
    now: datetime,
    event_at: datetime | None = None,
) -> int:
    """Books (fund code, amount) as spent, against an advance, a debt or the bank; gives the entry's id.

    A document is spent when it is accepted, which is now; a grant when it left the bank.
    """
    spent = _by_fund(parts)
    lines = [Line(account=accounts.fund_account(code, FundUse.SPENT), amount_minor=amount) for code, amount in spent]
    lines.append(Line(account=credit, amount_minor=-sum(amount for _code, amount in spent)))
    return _post(reference, kind, lines, event_at=event_at or now, now=now)


def _post(reference: str, kind: EntryKind, lines: Sequence[Line], *, event_at: datetime, now: datetime) -> int:
    return post(reference=reference, kind=kind, event_at=event_at, lines=lines, now=now).entry_id


def _memo(fund_code: str, amount_minor: int) -> list[Line]:
    return [
        Line(account=accounts.fund_account(fund_code, FundUse.ENCUMBERED), amount_minor=amount_minor),
        Line(account=accounts.fund_account(fund_code, FundUse.RESERVE), amount_minor=-amount_minor),
    ]


def _by_fund(parts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    sums: dict[str, int] = {}
    for fund_code, amount in parts:
        sums[fund_code] = sums.get(fund_code, 0) + amount
    return sorted(sums.items())
