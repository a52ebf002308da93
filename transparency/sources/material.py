"""All sums of one report, read at its mark."""

from aid_packages.queries import spending_rows
from ledger.models import Mark
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
    return [
        Spending(
            fund=row.fund_code,
            partner=row.partner_code or None,
            region=row.region_code or None,
            grade=row.grade,
            amount=row.accepted_minor,
            documents=row.documents,
        )
        for row in spending_rows(first_period=first_period, last_period=last_period, mark=mark)
    ]
