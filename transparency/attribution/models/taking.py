"""Where on a line a spending was taken."""

from django.db import models
from django.db.models import CheckConstraint, Index, Q


class LineTaking(models.Model):
    """An interval of a fund's line that a spending took, in grosze. It counts unless its spending was freed.

    No two that count overlap. A gift's share is the overlap of its place with them: it is computed, never stored.
    """

    batch = models.ForeignKey("LineBatch", on_delete=models.PROTECT, related_name="takings", db_index=False)
    spending = models.ForeignKey("LineSpending", on_delete=models.PROTECT, related_name="takings")
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+", db_index=False)
    start = models.BigIntegerField()
    length = models.BigIntegerField()

    class Meta:
        indexes = [Index(fields=["fund", "start"], name="line_taking_by_position")]
        constraints = [CheckConstraint(condition=Q(start__gte=0, length__gt=0), name="line_taking_has_a_length")]

    def __str__(self) -> str:
        return f"{self.fund_id} [{self.start}, {self.start + self.length}) by {self.spending_id}"
