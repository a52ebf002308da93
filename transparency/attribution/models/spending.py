"""What takes from a line."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from ledger.models import FundUse


class LineSpending(models.Model):
    """One use of one fund in one entry that takes from the fund's line: spent, lost, or moved to another fund's line.

    `amount_minor`, in grosze, is all it takes; its takings say where. What they lack waits until the line grows.
    """

    batch = models.ForeignKey("LineBatch", on_delete=models.PROTECT, related_name="spendings", db_index=False)
    entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+", db_index=False)
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+", db_index=False)
    use = models.CharField(max_length=20, choices=FundUse)
    amount_minor = models.BigIntegerField()
    to_fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["entry", "fund", "use"], name="line_spending_once_per_entry"),
            CheckConstraint(condition=Q(amount_minor__gt=0), name="line_spending_takes_something"),
            CheckConstraint(condition=Q(use__in=FundUse.values), name="line_spending_use_is_known"),
        ]

    def __str__(self) -> str:
        return f"entry {self.entry_id}: {self.amount_minor} of {self.fund_id}"
