"""What somebody of the staff has to look at."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class MatterKind(models.TextChoices):
    """What is the matter."""

    PAYOUT_DIFFERS = (
        "payout_differs",
        pgettext_lazy("matter", "A payout isn't the sum of its parts"),
    )  # the provider lists less or more than it sent
    PAYOUT_FAILED = (
        "payout_failed",
        pgettext_lazy("matter", "A payout came back"),
    )  # the bank did not take it: look at the account
    MOVEMENT_UNKNOWN = (
        "movement_unknown",
        pgettext_lazy("matter", "A movement that nobody knows"),
    )  # the provider moved money, and nothing of ours stands for it
    MOVEMENT_LATE = (
        "movement_late",
        pgettext_lazy("matter", "A payment without its balance movement"),
    )  # what it cost, and what a foreign one is worth, isn't known after days
    DISPUTE = (
        "dispute",
        pgettext_lazy("matter", "A donor's bank asks for a gift back"),
    )  # an answer is due, or was given, or the money is lost
    DISPUTE_UNCOUNTED = (
        "dispute_uncounted",
        pgettext_lazy("matter", "A dispute that can't be placed"),
    )  # its charge or its money is unknown here
    FRAUD_WARNING = (
        "fraud_warning",
        pgettext_lazy("matter", "A bank warns of fraud"),
    )  # giving back now spares a dispute and its fee
    NOT_COMPARED = (
        "not_compared",
        pgettext_lazy("matter", "The nightly comparison could not explain something"),
    )  # an object there that could not be read or has no like here


class StaffMatter(models.Model):
    """One thing in the queue, once for each kind and subject. Closed by somebody with a reason, or by itself when what it
    tells of is no more. `facts` are sums in minor units and references, never a person."""

    kind = models.CharField(max_length=20, choices=MatterKind.choices)
    subject = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    resolution = models.CharField(max_length=1000, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="staff_matter_once"),
            models.CheckConstraint(condition=Q(kind__in=MatterKind.values), name="staff_matter_kind_known"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True) | ~Q(resolution=""), name="staff_matter_resolved_with_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at"], name="staff_matter_open", condition=Q(resolved_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
