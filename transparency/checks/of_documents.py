"""Is there a document behind all that is called spent?"""

from collections import defaultdict
from collections.abc import Iterator

from ledger.models import EntryKind, FundUse
from transparency.checks.found import Found, Scope
from transparency.figures.lines import RUNNING_COSTS_FUND
from transparency.models import CheckName
from transparency.sources.books import postings_at
from transparency.sources.deliveries import goods_without_document
from transparency.sources.evidence import read_evidence

MOST_ENTRIES = 20


def spending_has_documents(scope: Scope) -> Iterator[Found]:
    """Fund by fund, what the ledger calls spent on help in the months is the sum of accepted documents and grants."""
    documented: dict[str, int] = defaultdict(int)
    for row in scope.reading.spending:
        documented[row.fund] += row.amount
    spent = {fund.code: fund.spent for fund in scope.reading.funds}
    for code in sorted((spent.keys() | documented.keys()) - {RUNNING_COSTS_FUND}):
        if spent.get(code, 0) != documented[code]:
            yield Found(
                check=CheckName.SPENDING_HAS_DOCUMENTS,
                subject=code,
                expected=documented[code],
                actual=spent.get(code, 0),
                entries=_unusual_entries(scope, code),
            )
    yield from _evidence_agrees(scope, documented=sum(documented.values()))
    yield from _goods_are_on_documents(scope)


def _evidence_agrees(scope: Scope, *, documented: int) -> Iterator[Found]:
    """What is told by grade of evidence is the sum of all documents and grants."""
    graded = read_evidence(
        first_period=scope.first_period, last_period=scope.last_period, mark=scope.mark, ids=scope.ids
    )["evidence"]
    total = sum(row["spent"] for row in graded)
    if total != documented:
        yield Found(
            check=CheckName.SPENDING_HAS_DOCUMENTS, subject="evidence by grade", expected=documented, actual=total
        )


def _goods_are_on_documents(scope: Scope) -> Iterator[Found]:
    """No bought goods stand on a document that was taken back, or corrected since: what they cost has to be put right."""
    for lot in goods_without_document(last_period=scope.last_period, mark=scope.mark, ids=scope.ids):
        happened = "corrected since" if lot.is_corrected else "taken back"
        yield Found(
            check=CheckName.SPENDING_HAS_DOCUMENTS,
            subject=f"lot {lot.lot_id}, on document {lot.document_id} that was {happened}",
            expected=0,
            actual=lot.cost_minor,
            entries=(lot.entry_id,),
        )


def _unusual_entries(scope: Scope, fund_code: str) -> tuple[int, ...]:
    """Entries that spend without being a settlement, a purchase or a grant: where to look first."""
    entries = (
        postings_at(scope.mark)
        .filter(
            account__fund__code=fund_code,
            account__use=FundUse.SPENT,
            period__gte=scope.first_period,
            period__lte=scope.last_period,
        )
        .exclude(entry__kind__in=(EntryKind.SETTLEMENT, EntryKind.PURCHASE, EntryKind.GRANT))
        .order_by("entry_id")
        .values_list("entry_id", flat=True)
    )
    return tuple(entries[:MOST_ENTRIES])
