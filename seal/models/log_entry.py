"""The log: one row for each leaf, in order, for ever."""

from django.db import models
from django.db.models import Q


class LogKind(models.TextChoices):
    """What a leaf of the log says."""

    REPORT = "report", "report"
    """A report was published: its name, and the hash of its bytes."""
    CORRECTION = "correction", "correction"
    """A further revision of a report was published."""
    KEY = "key", "key"
    """From here on another key signs; the one before it says so."""


class LogEntry(models.Model):
    """A leaf. `content` is canonical JSON, byte for byte what the leaf's hash is made of."""

    position = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=12, choices=LogKind.choices)
    report = models.CharField(max_length=64, null=True, unique=True)
    content = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(position__gte=0), name="seal_log_position_counts_from_zero"),
            models.CheckConstraint(condition=Q(kind__in=LogKind.values), name="seal_log_kind_is_known"),
            models.CheckConstraint(
                condition=(Q(kind=LogKind.KEY) & Q(report__isnull=True))
                | (~Q(kind=LogKind.KEY) & Q(report__isnull=False)),
                name="seal_log_report_has_its_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.kind}"


class LogNode(models.Model):
    """A hash over a complete tree of 2^level leaves, so that proofs and checkpoints need a few rows and not all."""

    key = models.BigIntegerField(primary_key=True)
    """Level and number in the level, as node_key joins them."""
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"node {self.key}"


def node_key(level: int, number: int) -> int:
    """The key of a node."""
    return level << 48 | number
