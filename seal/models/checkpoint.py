"""Checkpoints: how long the log was, and its root, signed."""

from django.db import models
from django.db.models import Q


class Checkpoint(models.Model):
    """A signed note (C2SP tlog-checkpoint), and the proof that the log before it is its beginning."""

    size = models.BigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    text = models.TextField()
    previous_size = models.BigIntegerField()
    consistency = models.JSONField()
    """The proof from `previous_size` (0: there was none), as hexadecimal hashes."""
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["size"]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=models.F("previous_size")), name="seal_checkpoint_grows")
        ]

    def __str__(self) -> str:
        return f"checkpoint at {self.size}"
