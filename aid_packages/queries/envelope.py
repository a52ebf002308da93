"""How far an allocation's envelope is used."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from aid_packages.models import (
    SPENDABLE,
    Advance,
    AdvanceReturn,
    Allocation,
    AllocationState,
    DocumentSplit,
    DocumentState,
    Grant,
    ProposalState,
    Settles,
)


@dataclass(frozen=True)
class Envelope:
    """The figures of one allocation, in grosze."""

    allocation_id: int
    amount_minor: int
    advanced_minor: int
    returned_minor: int
    settled_minor: int
    """Accepted documents against advances."""
    purchased_minor: int
    """Accepted own purchases."""
    granted_minor: int
    """Final grants that were not taken back."""
    pending_minor: int
    """Documents recorded, queried or answered, not yet decided; what a correction would take off apart."""
    is_open: bool
    """Whether money may still be spent from it."""
    is_stopped: bool = False
    """Whether only what is with the partner is still set aside."""

    @property
    def spent_minor(self) -> int:
        """What was turned into help, with documents or by a grant."""
        return self.settled_minor + self.purchased_minor + self.granted_minor

    @property
    def with_partner_minor(self) -> int:
        """What the partner holds and has not accounted for."""
        return self.advanced_minor - self.returned_minor - self.settled_minor

    @property
    def free_minor(self) -> int:
        """What may still be advanced, granted or purchased. What came back was given back to the fund."""
        used = self.advanced_minor + self.purchased_minor + self.granted_minor
        return self.amount_minor - used if self.is_open else 0

    @property
    def committed_minor(self) -> int:
        """What is still set aside in the fund: with the partner, or free."""
        if self.is_stopped:
            return self.with_partner_minor
        return self.amount_minor - self.spent_minor - self.returned_minor if self.is_open else 0


def envelope(*, allocation: Allocation) -> Envelope:
    """The figures of one allocation. Four queries."""
    return envelopes(allocations=[allocation])[allocation.pk]


def envelopes(*, allocations: Iterable[Allocation]) -> dict[int, Envelope]:
    """The figures of several allocations by id. Four queries, however many."""
    rows = list(allocations)
    ids = [row.pk for row in rows]
    advanced = _sums(Advance.objects.filter(allocation_id__in=ids))
    returned = _sums(AdvanceReturn.objects.filter(allocation_id__in=ids))
    standing = Grant.objects.filter(allocation_id__in=ids).exclude(reversals__state=ProposalState.APPROVED)
    granted = _sums(standing)
    splits: dict[tuple[int, str], int] = {}
    undecided = {DocumentState.RECORDED.value, DocumentState.QUERIED.value, DocumentState.ANSWERED.value}
    for allocation_id, state, settles, total in (
        DocumentSplit.objects.filter(allocation_id__in=ids)
        .exclude(document__state__in=[DocumentState.REJECTED, DocumentState.REVERSED])
        .exclude(document__state__in=undecided, amount_minor__lt=0)
        .values_list("allocation_id", "document__state", "document__settles")
        .annotate(total=Sum("amount_minor"))
    ):
        part = "pending" if state in undecided else settles
        splits[allocation_id, part] = splits.get((allocation_id, part), 0) + total
    return {
        row.pk: Envelope(
            allocation_id=row.pk,
            amount_minor=row.amount_minor,
            advanced_minor=advanced.get(row.pk, 0),
            returned_minor=returned.get(row.pk, 0),
            settled_minor=splits.get((row.pk, Settles.ADVANCE.value), 0),
            purchased_minor=splits.get((row.pk, Settles.PURCHASE.value), 0),
            granted_minor=granted.get(row.pk, 0),
            pending_minor=splits.get((row.pk, "pending"), 0),
            is_open=row.state in SPENDABLE,
            is_stopped=row.state == AllocationState.STOPPED,
        )
        for row in rows
    }


def _sums(rows: QuerySet[Advance] | QuerySet[AdvanceReturn] | QuerySet[Grant]) -> dict[int, int]:
    return dict(rows.values_list("allocation_id").annotate(total=Sum("amount_minor")).order_by())
