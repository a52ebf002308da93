"""What a document comes to with its corrections."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q

from aid_packages.models import DocumentFunder, DocumentSplit, DocumentState

_GONE = (DocumentState.REJECTED, DocumentState.REVERSED)


@dataclass(frozen=True)
class Borne:
    """Who pays what of a document with its corrections, in grosze."""

    by_allocation: dict[int, int]
    by_funder: dict[str, int]

    @property
    def own_share_minor(self) -> int:
        """Our share of it now."""
        return sum(self.by_allocation.values())

    @property
    def total_minor(self) -> int:
        """The whole sum of it now."""
        return self.own_share_minor + sum(self.by_funder.values())


def borne(*, document_id: int, with_undecided: bool = False) -> Borne:
    """What an accepted document comes to with the corrections that were accepted. Two queries.

    `with_undecided`: and with what corrections that wait would take off; what they would add doesn't count yet.
    """
    family = Q(document=document_id) | Q(document__corrects=document_id, document__state=DocumentState.ACCEPTED)
    if with_undecided:
        waits = Q(document__corrects=document_id, amount_minor__lt=0) & ~Q(document__state__in=_GONE)
        family |= waits
    by_allocation: Counter[int] = Counter()
    for allocation_id, amount in DocumentSplit.objects.filter(family).values_list("allocation_id", "amount_minor"):
        by_allocation[allocation_id] += amount
    by_funder: Counter[str] = Counter()
    for name, amount in DocumentFunder.objects.filter(family).values_list("name", "amount_minor"):
        by_funder[name] += amount
    return Borne(dict(by_allocation), dict(by_funder))
