"""The provider's subscriptions that served a monthly gift, one after the other."""

from django.db import models

from payments.models.monthly.gift import MonthlyGift


class MonthlySubscription(models.Model):
    """One of them. A late invoice finds its gift through it; money of one that ended before is no gift."""

    gift = models.ForeignKey(MonthlyGift, on_delete=models.PROTECT, related_name="subscriptions")
    ref = models.CharField(max_length=100, unique=True)
    customer_ref = models.CharField(max_length=100)
    began_at = models.DateTimeField()
    anchor_at = models.DateTimeField()
    """From which the provider counts months; every date we tell is computed from it."""
    ended_at = models.DateTimeField(null=True)
    """When the provider confirmed that it takes nothing more under it."""

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.ref
