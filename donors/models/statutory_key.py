"""The key of the donor's part of one year's receipts: one for each year, so that each can go when the law lets it."""

from django.db import models
from django.db.models import Q

from donors.models.donor import Donor


class StatutoryKey(models.Model):
    """Opens the statutory records of one donor that were written in one calendar year (of Warsaw).

    A key for each year rather than one for the donor: the law counts from the end of each year, and one key would keep
    the oldest receipt as long as the newest.
    """

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="statutory_keys")
    year = models.PositiveSmallIntegerField()
    key = models.BinaryField(null=True)
    wrapped_with = models.CharField(max_length=16)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["donor", "year"], name="statutory_key_once_per_year"),
            models.CheckConstraint(
                name="statutory_key_there_or_destroyed",
                condition=Q(key__isnull=False, destroyed_at__isnull=True)
                | Q(key__isnull=True, destroyed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"statutory key {self.year} of donor {self.donor_id}"
