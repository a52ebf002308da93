"""The due dates of a gift by hand: the donor is asked on the day, and nothing is taken by itself."""

from django.db import models
from django.db.models import Q

from payments.models.monthly.gift import MonthlyGift
from payments.models.monthly.terms import MonthlyTerms
from payments.monthly_states import OccasionState


class MonthlyOccasion(models.Model):
    """One due date, of Warsaw's calendar. Its payments are donations with the same gift and `due_on`."""

    gift = models.ForeignKey(MonthlyGift, on_delete=models.PROTECT, related_name="occasions")
    terms = models.ForeignKey(MonthlyTerms, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=OccasionState.choices, default=OccasionState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    """How many payment pages were opened for it, each a donation of its own; one of them can settle."""
    asked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gift", "due_on"], name="monthly_occasion_once_a_day"),
            models.CheckConstraint(condition=Q(state__in=OccasionState.values), name="monthly_occasion_state_known"),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="monthly_occasion_open", condition=Q(state__in=["waiting", "asked"])),
        ]
        ordering = ["gift_id", "due_on"]

    def __str__(self) -> str:
        return f"{self.gift_id} on {self.due_on}"
