"""What came back from a partner: the part of an advance that was not needed."""

from django.conf import settings
from django.db import models

from aid_packages.models.allocation import Allocation
from ledger.models import JournalEntry


class AdvanceReturn(models.Model):
    """One return to our bank account (ledger: RETURN, and RELEASE of the commitment). Append-only."""

    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="returns")
    amount_minor = models.BigIntegerField()
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_at = models.DateTimeField()
    booked_at = models.DateTimeField()
    request_key = models.CharField(max_length=100, unique=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="return_is_positive")]

    def __str__(self) -> str:
        return f"advance_return:{self.pk}"
