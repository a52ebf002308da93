"""The document on which a lot stands now, since the one it was bought on was taken back."""

from django.db import models

from aid_packages.deliveries.models.lot import Lot
from aid_packages.deliveries.models.week import week_constraint
from aid_packages.models import SpendingDocument


class LotPaper(models.Model):
    """Append-only: the latest row of a lot counts, and its own document and cost before there is any.

    `cost_minor` is the lot's part of the document's total, in grosze. It counts from the first open month after the lot's.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="papers")
    document = models.ForeignKey(SpendingDocument, on_delete=models.PROTECT, related_name="+")
    cost_minor = models.BigIntegerField()
    week = models.PositiveIntegerField()
    period = models.PositiveIntegerField()
    request_key = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            week_constraint(name="lot_paper_week_is_a_week"),
            models.CheckConstraint(condition=models.Q(cost_minor__gt=0), name="lot_paper_cost_is_positive"),
        ]

    def __str__(self) -> str:
        return f"lot_paper:{self.pk}"
