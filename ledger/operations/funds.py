"""Opening funds and partners, and locking funds before a decision."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from ledger import accounts
from ledger.models import Account, AccountKind, Donee, Fund, FundUse, Restriction


class NoBooks(Exception):
    """`open_books` was not called yet, or no donee has this code. A fault of the caller's."""


class UnknownFund(LookupError):
    """No fund has this code. A fault of the caller's."""

    def __init__(self, *, code: str) -> None:
        super().__init__(f"no fund {code}")
        self.code = code


class FundTaken(Exception):
    """The code belongs to a fund with another parent, restriction or donee; a fund never changes."""

    def __init__(self, *, code: str) -> None:
        super().__init__(f"fund {code} is another one")
        self.code = code


def open_fund(
    *,
    code: str,
    parent: str | None,
    restriction: Restriction,
    now: datetime,
    donee: str | None = None,
    currency: str = "PLN",
) -> Fund:
    """Opens a fund under its parent with an account for each use; opening the same again changes nothing.

    `donee` is a donee's code; without one it is the donee who opened the books first.
    Raises NoBooks, UnknownFund (the parent), FundTaken.
    """
    owner = find_donee(code=donee)
    above = find_fund(code=parent) if parent else None
    with transaction.atomic():
        fund, created = Fund.objects.get_or_create(
            code=code, defaults={"parent": above, "restriction": restriction, "donee": owner, "opened_at": now}
        )
        if not created and (fund.parent, fund.restriction, fund.donee) != (above, restriction, owner):
            raise FundTaken(code=code)
        if created:
            Account.objects.bulk_create(
                Account(
                    code=accounts.fund_account(code, use),
                    kind=use.account_kind,
                    currency=currency,
                    donee=owner,
                    fund=fund,
                    use=use,
                )
                for use in FundUse
            )
    return fund


def open_partner(*, partner_code: str, donee: str | None = None, currency: str = "PLN") -> Account:
    """Opens the account of a partner's unsettled advances; opening it again changes nothing. Raises NoBooks."""
    account, _ = Account.objects.get_or_create(
        code=accounts.advance(partner_code),
        defaults={
            "kind": AccountKind.ASSET,
            "currency": currency,
            "donee": find_donee(code=donee),
            "partner_code": partner_code,
        },
    )
    return account


def lock_funds(*, codes: Collection[str]) -> None:
    """Locks funds for a decision until the end of the database transaction: decisions on a fund follow one another.

    Gifts don't wait. Always in the order of the codes, after the lock that posting takes, so nobody waits in a circle.
    Raises UnknownFund; TransactionManagementError outside a database transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_hold_for_posting()")
    locked = set(
        Fund.objects.select_for_update(of=("self",))
        .filter(code__in=set(codes))
        .order_by("code")
        .values_list("code", flat=True)
    )
    for code in sorted(set(codes) - locked):
        raise UnknownFund(code=code)


def find_donee(*, code: str | None) -> Donee:
    """The donee of this code, or the first one. Raises NoBooks."""
    donees = Donee.objects.order_by("id")
    donee = donees.filter(code=code).first() if code else donees.first()
    if donee is None:
        raise NoBooks(code or "no donee yet")
    return donee


def find_fund(*, code: str) -> Fund:
    """The fund of this code. Raises UnknownFund."""
    fund = Fund.objects.filter(code=code).first()
    if fund is None:
        raise UnknownFund(code=code)
    return fund
