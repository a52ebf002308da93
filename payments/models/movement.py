"""The provider's own books, row by row, as we saw them."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q


class BalanceMovement(models.Model):
    """A mirror of one balance transaction: never changed, and what the clearing account is compared with.

    Sums are in minor units of `currency`, the settlement currency; `net_minor` is what our balance there changed by.
    """

    ref = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=16)
    category = models.CharField(max_length=60)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    source_ref = models.CharField(max_length=100, default="", db_index=True)
    created_at = models.DateTimeField()
    available_on = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(net_minor=F("amount_minor") - F("fee_minor")), name="balance_movement_adds_up"
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="balance_movement_by_time"),
            # They are seen in the order in which they are added, so a page's first and last are enough.
            BrinIndex(fields=["seen_at"], name="balance_movement_by_sight", pages_per_range=32, autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.kind} {self.net_minor}"
