"""Funds below zero: what took the money, and what GENERAL gave for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from ledger.models import FundUse, Mark
from ledger.queries import fund_balances, fund_statement


@dataclass(frozen=True)
class DeficitRow:
    """What a fund lacked in some months, and what of it was covered from GENERAL in them. In grosze, both positive."""

    fund_code: str
    amount_minor: int
    covered_minor: int


@dataclass(frozen=True)
class Cause:
    """One entry that took money from a fund since it last had enough. The sum in grosze, negative."""

    entry_id: int
    reference: str
    kind: str
    event_at: datetime
    amount_minor: int


@dataclass(frozen=True)
class OpenDeficit:
    """A fund that lacks money now: it has less than nothing available. The sum in grosze, positive."""

    fund_code: str
    lacking_minor: int
    causes: tuple[Cause, ...]


_DEFICITS = """
SELECT fund.code,
       greatest(coalesce(sum(posting.amount_minor) FILTER (WHERE account.kind <> 'memo'), 0), 0)::bigint AS lacking,
       coalesce(-sum(posting.amount_minor) FILTER (
            WHERE account.use = 'covered' AND posting.period >= %(first_period)s), 0)::bigint AS covered
  FROM ledger_posting posting
  JOIN ledger_account account ON account.id = posting.account_id
  JOIN ledger_fund fund ON fund.id = account.fund_id
 WHERE posting.entry_id <= %(last_entry_id)s AND posting.period <= %(last_period)s
 GROUP BY 1
HAVING coalesce(sum(posting.amount_minor) FILTER (WHERE account.kind <> 'memo'), 0) > 0
    OR coalesce(-sum(posting.amount_minor) FILTER (
            WHERE account.use = 'covered' AND posting.period >= %(first_period)s), 0) <> 0
 ORDER BY 1
"""


def deficits(*, first_period: int, last_period: int, mark: Mark | None = None) -> list[DeficitRow]:
    """What funds lacked: below zero at the end of the months, and what was covered in them. At a mark or now. One query."""
    last = mark.last_entry_id if mark else 2**62
    with connection.cursor() as cursor:
        cursor.execute(_DEFICITS, {"first_period": first_period, "last_period": last_period, "last_entry_id": last})
        rows: list[Any] = cursor.fetchall()
    return [DeficitRow(code, lacking + covered, covered) for code, lacking, covered in rows]


def open_deficits() -> list[OpenDeficit]:
    """The funds with less than nothing available now, each with what took the money."""
    short = {code: -has.available_minor for code, has in fund_balances().items() if has.available_minor < 0}
    return [OpenDeficit(code, lacking, tuple(causes(fund_code=code))) for code, lacking in sorted(short.items())]


def causes(*, fund_code: str) -> list[Cause]:
    """What took money from the fund since it last had enough, in the order of booking; empty while it has enough."""
    available = 0
    since: list[Cause] = []
    for line in fund_statement(code=fund_code):
        promised = line.use == FundUse.ENCUMBERED
        available += -line.amount_minor if promised else line.amount_minor
        if line.amount_minor < 0 and not promised and line.use != FundUse.SPENT:
            since.append(Cause(line.entry_id, line.reference, line.kind, line.event_at, line.amount_minor))
        if available >= 0:
            since = []
    return since
