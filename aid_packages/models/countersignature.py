"""The second person's word on an emergency: given afterwards, within its time."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from aid_packages.models.allocation import Allocation
from ledger.models import JournalEntry


class CountersignOutcome(models.TextChoices):
    """What the second person said of an emergency."""

    SIGNED = "signed", pgettext_lazy("countersignature", "Countersigned")
    """It is an approved envelope from now on."""
    REFUSED = "refused", pgettext_lazy("countersignature", "Refused")
    """Nothing more is paid from it: what is free goes back to the fund, what is with the partner is claimed back."""


class Countersignature(models.Model):
    """One countersignature, or its refusal (ledger: RELEASE of what is free). Append-only, read by reports at a mark."""

    allocation = models.OneToOneField(Allocation, on_delete=models.PROTECT, related_name="countersignature")
    outcome = models.CharField(max_length=10, choices=CountersignOutcome.choices)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    release_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=CountersignOutcome.values), name="countersign_outcome_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"countersignature:{self.allocation_id}"
