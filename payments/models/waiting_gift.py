"""A gift that came and doesn't stand on the lines of its funds yet."""

from django.db import models
from django.db.models import Index

from payments.models.donation import Donation


class WaitingGift(models.Model):
    """What the next lining-up looks at, so that it costs what is due and not what ever came.

    The database keeps these rows: one is added in the database transaction in which a gift is settled, however long ago it was
    paid, and goes with the one that puts the gift on its lines. A gift that went back wholly stays.
    """

    donation = models.OneToOneField(Donation, on_delete=models.PROTECT, primary_key=True, related_name="waiting")
    settled_at = models.DateTimeField()

    class Meta:
        indexes = [Index(fields=["settled_at", "donation"], name="waiting_by_settling")]

    def __str__(self) -> str:
        return f"{self.donation_id} waits"
