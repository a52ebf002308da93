"""The moves of a monthly gift, from which mails and pages catch up."""

from django.db import models

from payments.models.monthly.gift import MonthlyGift
from payments.monthly_states import MonthlyState


class MonthlyMove(models.Model):
    """One move from a state to another. Rows are only added."""

    gift = models.ForeignKey(MonthlyGift, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=20, choices=MonthlyState.choices)
    to_state = models.CharField(max_length=20, choices=MonthlyState.choices)
    because = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.gift}: {self.from_state} -> {self.to_state}"
