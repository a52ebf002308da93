"""All sums of one report, read at its mark."""

from django.db.models import Count, Sum

from aid_packages.models import DocumentSplit
from ledger.models import JournalEntry, Mark
from transparency.figures.material import Material, Spending
from transparency.sources.books import fund_sums, partner_sums
from transparency.sources.giving import donor_counts


def read_material(*, first_period: int, last_period: int, mark: Mark) -> Material:
    """The sums of the months by the mark: the same whenever it is called, whatever was booked since."""
    donors = donor_counts(first_period=first_period, last_period=last_period, mark=mark)
    return Material(
        funds=tuple(fund_sums(first_period=first_period, last_period=last_period, mark=mark)),
        partners=tuple(partner_sums(first_period=first_period, last_period=last_period, mark=mark)),
        spending=tuple(spending(first_period=first_period, last_period=last_period, mark=mark)),
        donors=donors.total,
        donors_by_fund=donors.by_fund,
    )


def spending(*, first_period: int, last_period: int, mark: Mark) -> list[Spending]:
    """Accepted documents and purchases, summed by fund, spender, region and grade of evidence.

    A document counts in the month of its entry, and by the mark that knows this entry.
    """
    entries = JournalEntry.objects.filter(
        pk__lte=mark.last_entry_id, period__gte=first_period, period__lte=last_period
    ).values("pk")
    rows = (
        DocumentSplit.objects.filter(document__entry_id__in=entries)
        .values_list(
            "allocation__fund_code", "allocation__partner__code", "allocation__region__code", "document__grade"
        )
        .annotate(amount=Sum("amount_minor"), documents=Count("document_id", distinct=True))
        .order_by("allocation__fund_code", "allocation__partner__code", "allocation__region__code", "document__grade")
    )
    return [
        Spending(fund=fund, partner=partner, region=region, grade=grade, amount=amount, documents=documents)
        for fund, partner, region, grade, amount, documents in rows
    ]
