"""Sums from the ledger at a mark: postings are counted in full; the kept monthly balances are compared with that."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from ledger.models import (
    Account,
    EntryKind,
    FundUse,
    JournalEntry,
    Mark,
    MonthlyBalance,
    Period,
    PeriodStatus,
    Posting,
)
from transparency.figures.material import FundSums, PartnerSums
from transparency.method import CURRENCY
from transparency.sources.memory import ample_memory

COLUMN_OF_USE: dict[FundUse, tuple[str, int]] = {
    FundUse.GIFTS: ("received", -1),
    FundUse.SHARE_IN: ("share_received", -1),
    FundUse.REDIRECT_IN: ("redirected_in", -1),
    FundUse.COVERED: ("covered", -1),
    FundUse.FEES: ("fees", 1),
    FundUse.SHARE_OUT: ("share", 1),
    FundUse.REFUNDS: ("refunds", 1),
    FundUse.LOSSES: ("losses", 1),
    FundUse.LOSS_COVER: ("cover_given", 1),
    FundUse.SPENT: ("spent", 1),
    FundUse.REDIRECT_OUT: ("redirected_out", 1),
}
"""Each use's column, and the sign that makes an ordinary movement positive (credits are negative in the books)."""

MEMO_USES = (FundUse.ENCUMBERED, FundUse.RESERVE)

COLUMN_OF_KIND = {
    EntryKind.ADVANCE: ("advanced", 1),
    EntryKind.SETTLEMENT: ("accounted", -1),
    EntryKind.RETURN: ("returned", -1),
}
"""What moves a partner's advance. A reversal counts as less of what it reverses."""


@dataclass(frozen=True, slots=True)
class MonthSum:
    """What the postings of one account in one month sum to at a mark: debit positive, in minor units."""

    account_id: int
    account: str
    fund: str | None
    use: str
    currency: str
    period: int
    amount: int


_MONTH_SUMS = """
    SELECT a.id, a.code, f.code, a.use, s.currency, s.period, s.amount
      FROM (SELECT account_id, currency, period, sum(amount_minor)::bigint AS amount
              FROM ledger_posting WHERE entry_id <= %s GROUP BY account_id, currency, period) s
      JOIN ledger_account a ON a.id = s.account_id
      LEFT JOIN ledger_fund f ON f.id = a.fund_id
     ORDER BY a.code, s.period
"""
_reading: ContextVar[dict[int, list[MonthSum]] | None] = ContextVar("one reading of the books", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Within it all postings up to a mark are summed once, however many questions are asked: what a mark knows never
    changes. Statements get memory enough to sum them without the disk."""
    token = _reading.set({})
    try:
        with ample_memory():
            yield
    finally:
        _reading.reset(token)


def month_sums(mark: Mark) -> list[MonthSum]:
    """All postings that the mark knows, added up by account and month: a full recount, one pass."""
    known = _reading.get()
    if known is not None and mark.pk in known:
        return known[mark.pk]
    with connection.cursor() as cursor:
        cursor.execute(_MONTH_SUMS, [mark.last_entry_id])
        sums = [MonthSum(*row) for row in cursor.fetchall()]
    if known is not None:
        known[mark.pk] = sums
    return sums


def postings_at(mark: Mark) -> QuerySet[Posting]:
    """All postings that the mark knows, in the report's currency."""
    return Posting.objects.filter(entry_id__lte=mark.last_entry_id, currency=CURRENCY)


def fund_sums(*, first_period: int, last_period: int, mark: Mark) -> list[FundSums]:
    """Each fund that ever moved, with its balance before the months and its movements in them, in grosze."""
    funds: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for each in month_sums(mark):
        if each.fund is None or each.currency != CURRENCY or each.period > last_period:
            continue
        use, fund = FundUse(each.use), funds[each.fund]
        within = each.period >= first_period
        if use is FundUse.ENCUMBERED:
            fund["promised"] += each.amount
        elif use is FundUse.OPENING:
            fund["opening"] -= each.amount
        elif use is not FundUse.RESERVE:
            column, sign = COLUMN_OF_USE[use]
            if within:
                fund[column] += sign * each.amount
            else:
                fund["opening"] -= each.amount
    return [FundSums(code=code, **columns) for code, columns in sorted(funds.items())]


def fund_balances(*, last_period: int, mark: Mark) -> dict[str, int]:
    """Each fund's balance after `last_period`, summed without regard to uses: what the identity is held against."""
    balances: dict[str, int] = defaultdict(int)
    for each in month_sums(mark):
        counts = each.fund is not None and each.currency == CURRENCY and each.period <= last_period
        if counts and each.fund is not None and each.use not in MEMO_USES:
            balances[each.fund] -= each.amount
    return dict(balances)


def partner_sums(*, first_period: int, last_period: int, mark: Mark) -> list[PartnerSums]:
    """Each partner's advances, in grosze. Two queries: of known accounts, few among millions, the postings are looked up."""
    theirs = list(Account.objects.exclude(partner_code="").values_list("pk", flat=True))
    rows = (
        postings_at(mark)
        .filter(account__in=theirs, period__lte=last_period)
        .annotate(effect=Coalesce(F("entry__reverses__kind"), F("entry__kind")))
        .values_list("account__partner_code", "effect")
        .annotate(
            before=Coalesce(Sum("amount_minor", filter=Q(period__lt=first_period)), 0),
            within=Coalesce(Sum("amount_minor", filter=Q(period__gte=first_period)), 0),
        )
    )
    partners: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for code, kind_value, before, within in rows:
        kind, partner = EntryKind(kind_value), partners[code]
        partner["opening"] += before
        if kind in COLUMN_OF_KIND:
            column, sign = COLUMN_OF_KIND[kind]
            partner[column] += sign * within
        elif kind is EntryKind.OPENING:
            partner["opening"] += within
    return [PartnerSums(code=code, **columns) for code, columns in sorted(partners.items())]


def account_balances(*, last_period: int, mark: Mark) -> dict[str, int]:
    """The balance of every account that belongs to no fund, debit positive, in grosze."""
    balances: dict[str, int] = defaultdict(int)
    for each in month_sums(mark):
        if each.fund is None and each.currency == CURRENCY and each.period <= last_period:
            balances[each.account] += each.amount
    return dict(balances)


def entries_after(*, mark: Mark, last_period: int) -> int:
    """How many entries were booked into the months up to `last_period` since the mark."""
    return JournalEntry.objects.filter(pk__gt=mark.last_entry_id, period__lte=last_period).count()


def open_months_with_movements(*, before: int, mark: Mark) -> list[int]:
    """Months before `before` in which money moved and which aren't closed. The opening of the books moves nothing.

    The kept balances name the months; of those alone that aren't closed, nearly always none, the entries are asked.
    """
    closed = Period.objects.filter(status=PeriodStatus.CLOSED).values("period")
    moved = MonthlyBalance.objects.filter(period__lt=before).exclude(period__in=closed)
    still_open = list(moved.values_list("period", flat=True).distinct())
    if not still_open:
        return []
    known = JournalEntry.objects.filter(pk__lte=mark.last_entry_id, period__in=still_open).exclude(
        kind=EntryKind.OPENING
    )
    return sorted(known.values_list("period", flat=True).distinct())


def books_have_begun(*, by_period: int) -> bool:
    """Whether anything is booked in or before that month."""
    return JournalEntry.objects.filter(period__lte=by_period).exists()
