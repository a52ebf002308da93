"""Money that came back for a purchase which was paid, and then taken back."""

from django.conf import settings
from django.db import models

from aid_packages.models.purchase import Purchase
from ledger.models import JournalEntry


class PaymentReturn(models.Model):
    """One purchase's whole payment come back (ledger: REVERSAL of the PAYMENT). Append-only."""

    purchase = models.OneToOneField(Purchase, on_delete=models.PROTECT, related_name="came_back")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_at = models.DateTimeField()
    booked_at = models.DateTimeField()
    request_key = models.CharField(max_length=100, unique=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"payment_return:{self.purchase_id}"
