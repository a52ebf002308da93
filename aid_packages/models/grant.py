"""A final grant: money that goes to a partner for good, with an attestation in place of invoices."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q

from aid_packages.models.allocation import Allocation
from aid_packages.models.document import EvidenceGrade
from ledger.models import JournalEntry


class Grant(models.Model):
    """One grant (ledger: GRANT, and RELEASE of the commitment). Append-only. Spent at once: nothing is left to settle.

    `attestation` names the paper that stands behind it; its file, if any, is evidence.
    """

    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="grants")
    amount_minor = models.BigIntegerField()
    grade = models.CharField(max_length=30, choices=EvidenceGrade.choices)
    attestation = models.CharField(max_length=120)
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_at = models.DateTimeField()
    booked_at = models.DateTimeField()
    request_key = models.CharField(max_length=100, unique=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="grant_is_positive"),
            CheckConstraint(condition=Q(grade__in=EvidenceGrade.values), name="grant_grade_is_known"),
            CheckConstraint(condition=~Q(attestation=""), name="grant_is_attested"),
        ]

    def __str__(self) -> str:
        return f"grant:{self.pk}"
