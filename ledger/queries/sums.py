"""Sums of postings per account and month, now or at a mark: the one place where they are computed."""

from dataclasses import dataclass

from django.db import connection

from ledger.models import Mark

# What the monthly balances say, less what was posted after the mark: both are seen by one statement, so they agree, and
# the cost is that of what came after the mark, not of the whole ledger.
_SUMS = """
    SELECT a.code, a.kind, a.currency, f.code, a.use, a.partner_code, s.period, sum(s.amount_minor)::bigint
    FROM (
        SELECT account_id, period, amount_minor FROM ledger_monthlybalance
        UNION ALL
        SELECT account_id, period, -amount_minor FROM ledger_posting WHERE entry_id > %(last_entry_id)s
    ) AS s
    JOIN ledger_account a ON a.id = s.account_id LEFT JOIN ledger_fund f ON f.id = a.fund_id
    WHERE s.period BETWEEN %(first_period)s AND %(last_period)s
        AND (%(account)s::text IS NULL OR a.code = %(account)s) AND (%(fund)s::text IS NULL OR f.code = %(fund)s)
    GROUP BY a.code, a.kind, a.currency, f.code, a.use, a.partner_code, s.period
    HAVING sum(s.amount_minor) <> 0
    ORDER BY a.code, s.period
"""
_NO_MARK = 2**62
FIRST_PERIOD = 0
LAST_PERIOD = 999912


@dataclass(frozen=True, slots=True)
class AccountSum:
    """What the postings of an account in one month sum to: debit positive, in minor units of its currency."""

    account: str
    kind: str
    currency: str
    fund: str | None
    use: str
    partner_code: str
    period: int
    amount_minor: int


def account_sums(
    *,
    mark: Mark | None,
    first_period: int = FIRST_PERIOD,
    last_period: int = LAST_PERIOD,
    account: str | None = None,
    fund: str | None = None,
) -> list[AccountSum]:
    """Sums that aren't zero, by account and month, in that order; of one account or fund if asked."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SUMS,
            {
                "last_entry_id": mark.last_entry_id if mark else _NO_MARK,
                "first_period": first_period,
                "last_period": last_period,
                "account": account,
                "fund": fund,
            },
        )
        return [AccountSum(*row) for row in cursor.fetchall()]
