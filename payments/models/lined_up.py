"""A gift that stands on the lines of its funds: from then on what goes back to its donor falls on GENERAL."""

from django.db import models

from payments.models.donation import Donation


class LinedUpGift(models.Model):
    """Once a gift is past the days in which it may be asked back, its net is fixed. Rows are only added."""

    donation = models.OneToOneField(Donation, on_delete=models.PROTECT, related_name="lined_up")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.donation_id} lined up"
