"""A charge that succeeded: the donor's money, and what it was booked as."""

from django.db import models
from django.db.models import Q

from payments.models.donation import Donation
from payments.models.movement import BalanceMovement


class ChargeOutcome(models.TextChoices):
    """What a charge was booked as."""

    GIFT = "gift", "gift"  # it is the gift that its donation asked for
    UNMATCHED = "unmatched", "unmatched"  # it can't be placed; staff decide


class Charge(models.Model):
    """One taken sum, in minor units of `currency`. `booked_minor` is in the books' currency, NULL until booked."""

    ref = models.CharField(max_length=100, unique=True)
    payment_ref = models.CharField(max_length=100)
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, null=True, related_name="charges")
    outcome = models.CharField(max_length=10, choices=ChargeOutcome.choices)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    booked_minor = models.BigIntegerField(null=True)
    method = models.CharField(max_length=40, default="")
    livemode = models.BooleanField()
    paid_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    """When the provider was last asked for the balance movement that is missing."""
    movement = models.OneToOneField(BalanceMovement, on_delete=models.PROTECT, null=True, related_name="charge")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donation"], condition=Q(outcome="gift"), name="charge_one_gift_per_donation"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="gift") | Q(donation__isnull=False), name="charge_gift_has_donation"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="charge_positive"),
            models.CheckConstraint(condition=Q(outcome__in=ChargeOutcome.values), name="charge_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.amount_minor} {self.currency}"
