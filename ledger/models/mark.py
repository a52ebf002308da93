"""A true snapshot of the books."""

from django.db import models


class Mark(models.Model):
    """Every entry up to `last_entry_id` is committed, and no lower id can come later."""

    last_entry_id = models.BigIntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(last_entry_id__gte=0), name="mark_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"mark {self.pk} at entry {self.last_entry_id}"
