"""One lengthening of the lines."""

from django.db import models


class LineBatch(models.Model):
    """What one run put on the lines and took from them, in one database transaction.

    Every other row of this corner names its batch. Runs follow one another, so "up to batch n" is a true snapshot of all
    the tables: what a report keeps with its mark, and what a replay reads again.
    """

    at = models.DateTimeField()
    due_before = models.DateTimeField()
    """Gifts settled before this instant were past the refund window."""
    upto_entry = models.BigIntegerField()
    """Every journal entry up to this one has been put on the lines, or taken from them."""
    seen_entry = models.BigIntegerField()
    """The nets of the batch's gifts hold what was booked up to this entry; a later one of such a gift stands by itself."""
    gifts = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(upto_entry__gte=0, seen_entry__gte=models.F("upto_entry")),
                name="line_batch_sees_its_entries",
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}, entries up to {self.upto_entry}"
