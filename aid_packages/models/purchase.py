"""An own or reimbursed purchase: a document we owe the money for until it is paid."""

from django.conf import settings
from django.db import models

from aid_packages.models.document import SpendingDocument
from ledger.models import JournalEntry


class Purchase(models.Model):
    """The debt side of a document (ledger: PURCHASE when accepted, PAYMENT when paid)."""

    document = models.OneToOneField(SpendingDocument, on_delete=models.PROTECT, related_name="purchase")
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    event_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    request_key = models.CharField(max_length=100, unique=True, null=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(entry=None, paid_by=None, paid_at=None, event_at=None, request_key=None)
                | models.Q(
                    entry__isnull=False,
                    paid_by__isnull=False,
                    paid_at__isnull=False,
                    event_at__isnull=False,
                    request_key__isnull=False,
                ),
                name="purchase_paid_whole_or_not_at_all",
            )
        ]

    def __str__(self) -> str:
        return f"purchase:{self.pk}"
