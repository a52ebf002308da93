"""A renewal that failed, and how it goes on."""

from django.db import models
from django.db.models import Q

from payments.models.monthly.gift import MonthlyGift
from payments.monthly_states import TroubleState


class RenewalTrouble(models.Model):
    """One failed invoice. Its moves follow TROUBLE_MOVES; the provider's words are re-read, never guessed."""

    gift = models.ForeignKey(MonthlyGift, on_delete=models.PROTECT, related_name="troubles")
    invoice_ref = models.CharField(max_length=100, unique=True)
    state = models.CharField(max_length=16, choices=TroubleState.choices)
    amount_minor = models.BigIntegerField()
    due_on = models.DateField()
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TroubleState.values), name="renewal_trouble_state_known"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"renewal_trouble:{self.pk}"
