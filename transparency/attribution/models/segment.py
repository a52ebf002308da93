"""Gifts of one month that stand side by side."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


class LineSegment(models.Model):
    """A stretch of a batch's gifts that were booked in the same month: what a cohort is read from, instead of each gift.

    In grosze: length = gross - fees - refunds - share. A part of a gift whose net is nothing is counted and takes no length.
    """

    batch = models.ForeignKey("LineBatch", on_delete=models.PROTECT, related_name="segments", db_index=False)
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+", db_index=False)
    period = models.IntegerField()
    start = models.BigIntegerField()
    length = models.BigIntegerField()
    gifts = models.PositiveIntegerField()
    gross_minor = models.BigIntegerField()
    fees_minor = models.BigIntegerField()
    refunds_minor = models.BigIntegerField()
    share_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["batch", "fund", "start", "period"], name="line_segment_once_per_batch"),
            CheckConstraint(
                condition=Q(length=F("gross_minor") - F("fees_minor") - F("refunds_minor") - F("share_minor")),
                name="line_segment_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.period} [{self.start}, {self.start + self.length})"
