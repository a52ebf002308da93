"""The log of erasures: which donors were erased and when, and nothing of who they were. It only grows."""

import uuid

from django.db import models


class Erasure(models.Model):
    """One erasure. It is written to a file outside the database too, and applied again after an older copy is restored.

    No foreign key: a restored copy may be older than the donor.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    donor_number = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["donor_number", "at"], name="erasure_once")]

    def __str__(self) -> str:
        return f"erasure {self.id}"
