"""The sums of one report, each read once: the checks and the figures share them, since a year's postings are millions."""

from functools import cached_property

from ledger.models import Mark
from transparency.figures.material import FundSums, PartnerSums, Spending
from transparency.sources import books, provider
from transparency.sources.giving import DonorCounts, donor_counts
from transparency.sources.material import spending
from transparency.sources.provider import OnTheWay


class Reading:
    """Months at a mark. What it gives never changes: the mark decides it."""

    def __init__(self, *, first_period: int, last_period: int, mark: Mark) -> None:
        self.first_period = first_period
        self.last_period = last_period
        self.mark = mark

    @cached_property
    def funds(self) -> list[FundSums]:
        """Every fund that ever moved, with its movements in the months."""
        return books.fund_sums(first_period=self.first_period, last_period=self.last_period, mark=self.mark)

    @cached_property
    def partners(self) -> list[PartnerSums]:
        """Every partner's advances."""
        return books.partner_sums(first_period=self.first_period, last_period=self.last_period, mark=self.mark)

    @cached_property
    def balances(self) -> dict[str, int]:
        """Each fund's balance, summed without regard to uses."""
        return books.fund_balances(last_period=self.last_period, mark=self.mark)

    @cached_property
    def accounts(self) -> dict[str, int]:
        """The balance of every account that belongs to no fund, debit positive."""
        return books.account_balances(last_period=self.last_period, mark=self.mark)

    @cached_property
    def spending(self) -> list[Spending]:
        """Accepted documents and grants."""
        return spending(first_period=self.first_period, last_period=self.last_period, mark=self.mark)

    @cached_property
    def by_category(self) -> dict[str, int]:
        """What the provider's movements changed its balance by."""
        return provider.movements_by_category(mark=self.mark)

    @cached_property
    def by_category_at_the_end(self) -> dict[str, int]:
        """The same as far as it is booked up to the last month's end, whatever the mark knows of later ones; payouts apart."""
        return provider.booked_by_category(
            mark=self.mark, last_period=self.last_period, known=self.by_category, waiting=self.on_the_way
        )

    @cached_property
    def on_the_way(self) -> list[OnTheWay]:
        """Charges and refunds that the books knew before the provider's balance did."""
        return provider.on_the_way(mark=self.mark)

    @cached_property
    def donors(self) -> DonorCounts:
        """How many people gave."""
        return donor_counts(first_period=self.first_period, last_period=self.last_period, mark=self.mark)
