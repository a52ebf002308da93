"""The leaves of a report's notes, in sorted order, in pieces."""

from django.db import models
from django.db.models import Q


class NotesFile(models.Model):
    """All notes of one draft of a report. Only the one that its published report names is ever shown."""

    report = models.CharField(max_length=64)
    donee = models.CharField(max_length=64)
    root = models.CharField(max_length=64)
    leaves = models.BigIntegerField()
    sum_minor = models.BigIntegerField()
    counts = models.JSONField()
    """How many notes there are: {fund: {denomination: count}}."""
    tops = models.BinaryField(default=bytes)
    """Of each piece its root and its first leaf, 32 bytes each: where a leaf is looked for, and the end of its path."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "root"], name="seal_notes_once_for_a_report_and_root"),
            models.CheckConstraint(condition=Q(leaves__gte=0) & Q(sum_minor__gte=0), name="seal_notes_not_negative"),
        ]

    def __str__(self) -> str:
        return f"notes of {self.report}"


class NotesChunk(models.Model):
    """Up to 16,384 leaves of 32 bytes, one after the other; both columns are kept as they are, so that a part can be read."""

    file = models.ForeignKey(NotesFile, on_delete=models.PROTECT, related_name="chunks")
    position = models.PositiveIntegerField()
    leaves = models.BinaryField()
    groups = models.BinaryField(default=bytes)
    """Of each 128 leaves their root and the first of them, 32 bytes each."""

    class Meta:
        ordering = ["file_id", "position"]
        constraints = [models.UniqueConstraint(fields=["file", "position"], name="seal_chunk_position_once")]

    def __str__(self) -> str:
        return f"piece {self.position}"
