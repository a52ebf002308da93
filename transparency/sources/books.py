"""Sums from the ledger at a mark. Postings are read, not the kept monthly balances: those know no mark."""

from collections import defaultdict

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from ledger.models import EntryKind, FundUse, JournalEntry, Mark, Period, PeriodStatus, Posting
from transparency.figures.material import FundSums, PartnerSums
from transparency.method import CURRENCY

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


def postings_at(mark: Mark) -> QuerySet[Posting]:
    """All postings that the mark knows, in the report's currency."""
    return Posting.objects.filter(entry_id__lte=mark.last_entry_id, currency=CURRENCY)


def fund_sums(*, first_period: int, last_period: int, mark: Mark) -> list[FundSums]:
    """Each fund that ever moved, with its balance before the months and its movements in them. One query, in grosze."""
    rows = (
        postings_at(mark)
        .filter(account__fund__isnull=False, period__lte=last_period)
        .values_list("account__fund__code", "account__use")
        .annotate(
            before=Coalesce(Sum("amount_minor", filter=Q(period__lt=first_period)), 0),
            within=Coalesce(Sum("amount_minor", filter=Q(period__gte=first_period)), 0),
        )
    )
    funds: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for code, use_value, before, within in rows:
        use, fund = FundUse(use_value), funds[code]
        if use is FundUse.ENCUMBERED:
            fund["promised"] += before + within
        elif use is FundUse.OPENING:
            fund["opening"] -= before + within
        elif use is not FundUse.RESERVE:
            column, sign = COLUMN_OF_USE[use]
            fund["opening"] -= before
            fund[column] += sign * within
    return [FundSums(code=code, **columns) for code, columns in sorted(funds.items())]


def fund_balances(*, last_period: int, mark: Mark) -> dict[str, int]:
    """Each fund's balance after `last_period`, summed without regard to uses: what the identity is held against."""
    rows = (
        postings_at(mark)
        .filter(account__fund__isnull=False, period__lte=last_period)
        .exclude(account__use__in=MEMO_USES)
        .values_list("account__fund__code")
        .annotate(balance=Sum("amount_minor"))
    )
    return {code: -balance for code, balance in rows}


def partner_sums(*, first_period: int, last_period: int, mark: Mark) -> list[PartnerSums]:
    """Each partner's advances. One query, in grosze."""
    rows = (
        postings_at(mark)
        .exclude(account__partner_code="")
        .filter(period__lte=last_period)
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
    rows = (
        postings_at(mark)
        .filter(account__fund__isnull=True, period__lte=last_period)
        .values_list("account__code")
        .annotate(balance=Sum("amount_minor"))
    )
    return dict(rows)


def entries_after(*, mark: Mark, last_period: int) -> int:
    """How many entries were booked into the months up to `last_period` since the mark."""
    return JournalEntry.objects.filter(pk__gt=mark.last_entry_id, period__lte=last_period).count()


def open_months_with_movements(*, before: int, mark: Mark) -> list[int]:
    """Months before `before` in which money moved and which aren't closed. The opening of the books moves nothing."""
    closed = Period.objects.filter(status=PeriodStatus.CLOSED).values("period")
    months = (
        JournalEntry.objects.filter(pk__lte=mark.last_entry_id, period__lt=before)
        .exclude(kind=EntryKind.OPENING)
        .exclude(period__in=closed)
        .values_list("period", flat=True)
        .distinct()
    )
    return sorted(months)


def books_have_begun(*, by_period: int) -> bool:
    """Whether anything is booked in or before that month."""
    return JournalEntry.objects.filter(period__lte=by_period).exists()
