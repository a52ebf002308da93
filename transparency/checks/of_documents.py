"""Is there a document behind all that is called spent?"""

from collections import defaultdict
from collections.abc import Iterator

from ledger.models import EntryKind, FundUse
from transparency.checks.found import Found, Scope
from transparency.figures.lines import RUNNING_COSTS_FUND
from transparency.models import CheckName
from transparency.sources.books import fund_sums, postings_at
from transparency.sources.material import spending

MOST_ENTRIES = 20


def spending_has_documents(scope: Scope) -> Iterator[Found]:
    """Fund by fund, what the ledger calls spent on help in the months is the sum of accepted documents."""
    documented: dict[str, int] = defaultdict(int)
    for row in spending(first_period=scope.first_period, last_period=scope.last_period, mark=scope.mark):
        documented[row.fund] += row.amount
    funds = fund_sums(first_period=scope.first_period, last_period=scope.last_period, mark=scope.mark)
    spent = {fund.code: fund.spent for fund in funds}
    for code in sorted((spent.keys() | documented.keys()) - {RUNNING_COSTS_FUND}):
        if spent.get(code, 0) != documented[code]:
            yield Found(
                check=CheckName.SPENDING_HAS_DOCUMENTS,
                subject=code,
                expected=documented[code],
                actual=spent.get(code, 0),
                entries=_unusual_entries(scope, code),
            )


def _unusual_entries(scope: Scope, fund_code: str) -> tuple[int, ...]:
    """Entries that spend without being a settlement or a purchase: where to look first."""
    entries = (
        postings_at(scope.mark)
        .filter(
            account__fund__code=fund_code,
            account__use=FundUse.SPENT,
            period__gte=scope.first_period,
            period__lte=scope.last_period,
        )
        .exclude(entry__kind__in=(EntryKind.SETTLEMENT, EntryKind.PURCHASE))
        .order_by("entry_id")
        .values_list("entry_id", flat=True)
    )
    return tuple(entries[:MOST_ENTRIES])
