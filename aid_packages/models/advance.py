"""An advance: money that went to a partner within an allocation, to be accounted for."""

from django.conf import settings
from django.db import models

from aid_packages.models.allocation import Allocation
from ledger.models import JournalEntry


class Advance(models.Model):
    """One payment to the partner (ledger: ADVANCE). Append-only. Not yet spending: that needs accepted documents."""

    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="advances")
    amount_minor = models.BigIntegerField()
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_at = models.DateTimeField()
    booked_at = models.DateTimeField()
    request_key = models.CharField(max_length=100, unique=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="advance_is_positive")]

    def __str__(self) -> str:
        return f"advance:{self.pk}"
