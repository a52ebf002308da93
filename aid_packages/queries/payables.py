"""What is owed for accepted purchases, by the day it is due."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from aid_packages.models import Payee, Purchase, SpendingReversal
from ledger.models import Mark


@dataclass(frozen=True)
class Payable:
    """One accepted purchase that is not paid, or one that was taken back after it was paid (then it is a claim of ours).

    The sum in grosze, negative for a claim. `due_on` is None where nobody typed one.
    """

    document_id: int
    number: str
    issuer_name: str
    payee: Payee
    fund_codes: tuple[str, ...]
    accepted_period: int
    due_on: date | None
    amount_minor: int


def open_payables(*, mark: Mark | None = None) -> list[Payable]:
    """Debts open at a mark or now, the first due first, those without a day last. Four queries.

    They sum to the account of what is owed.
    """
    last = mark.last_entry_id if mark else 2**62
    known = Purchase.objects.filter(document__entry_id__lte=last)
    paid = Q(entry_id__isnull=False, entry_id__lte=last)
    taken_back = Q(document__in=_taken_back(last))
    claims = known.filter(paid & taken_back).exclude(came_back__entry_id__lte=last)
    debts = known.exclude(paid).exclude(taken_back)
    claimed = set(claims.values_list("pk", flat=True))
    rows = Purchase.objects.filter(Q(pk__in=claimed) | Q(pk__in=debts.values("pk"))).select_related("document__entry")
    ordered = rows.order_by(F("due_on").asc(nulls_last=True), "pk").prefetch_related("document__splits__allocation")
    return [_payable(row, is_claim=row.pk in claimed) for row in ordered]


def _taken_back(last_entry_id: int) -> QuerySet[SpendingReversal]:
    """The documents taken back by that entry."""
    return SpendingReversal.objects.filter(entry_id__lte=last_entry_id, document__isnull=False).values("document")


def _payable(row: Purchase, *, is_claim: bool) -> Payable:
    document = row.document
    assert document.entry is not None  # only accepted purchases come here
    funds = sorted({split.allocation.fund_code for split in document.splits.all()})
    return Payable(
        document_id=document.pk,
        number=document.number,
        issuer_name=document.issuer_name,
        payee=Payee(row.payee),
        fund_codes=tuple(funds),
        accepted_period=document.entry.period,
        due_on=row.due_on,
        amount_minor=-document.own_share_minor if is_claim else document.own_share_minor,
    )
