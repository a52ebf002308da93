"""What has to leave the house after a checkpoint: to a time-stamping authority, and to mirrors."""

from django.db import models
from django.db.models import Q

from seal.models.checkpoint import Checkpoint


class SendingKind(models.TextChoices):
    """Where a checkpoint is sent."""

    TIMESTAMP = "timestamp", "timestamp"
    """To a time-stamping authority (RFC 3161), whose answer is kept."""
    MIRROR = "mirror", "mirror"
    """To somebody who keeps a copy."""


class SendingState(models.TextChoices):
    """How far a checkpoint's sending has come."""

    DUE = "due", "due"
    """It is to be sent at its time, or again after it failed."""
    DONE = "done", "done"
    """It arrived, and was answered as it should be."""
    GIVEN_UP = "given_up", "given up"
    """It failed too often; the next checkpoint says all that this one did."""


class Sending(models.Model):
    """One checkpoint for one address."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="sendings")
    kind = models.CharField(max_length=10, choices=SendingKind.choices)
    address = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=SendingState.choices, default=SendingState.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    answer = models.BinaryField(null=True)
    """The authority's time-stamp, as it came."""
    fault = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "kind", "address"], name="seal_sending_once"),
            models.CheckConstraint(condition=Q(kind__in=SendingKind.values), name="seal_sending_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=SendingState.values), name="seal_sending_state_is_known"),
        ]
        indexes = [models.Index(fields=["due_at"], name="seal_sending_due", condition=Q(state="due"))]

    def __str__(self) -> str:
        return f"{self.kind} of {self.checkpoint_id}: {self.state}"
