"""The moves of a donation, and who has followed them."""

from django.db import models

from payments.models.donation import Donation
from payments.states import DonationState


class DonationTransition(models.Model):
    """One move. Rows are only added; whoever wants to follow keeps its own TransitionHandled."""

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=16, choices=DonationState.choices)
    to_state = models.CharField(max_length=16, choices=DonationState.choices)
    because = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.donation}: {self.from_state} -> {self.to_state}"


class TransitionHandled(models.Model):
    """A consumer has done what a move asks of it."""

    transition = models.ForeignKey(DonationTransition, on_delete=models.PROTECT, related_name="handled")
    consumer = models.CharField(max_length=40)
    handled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transition", "consumer"], name="transition_handled_once"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.transition_id}"
