"""Money on its way from the provider to our bank, and what it is made of."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from payments.models.movement import BalanceMovement


class PayoutState(models.TextChoices):
    """Where a payout stands, as the provider says."""

    PENDING = "pending", pgettext_lazy("payout", "being sent")  # taken from the balance there, not yet with the bank
    IN_TRANSIT = "in_transit", pgettext_lazy("payout", "on its way")  # handed to the bank
    PAID = "paid", pgettext_lazy("payout", "arrived")  # on our account; can still come back
    FAILED = "failed", pgettext_lazy("payout", "came back")  # the bank did not take it
    CANCELLED = "cancelled", pgettext_lazy("payout", "cancelled")  # stopped before it left


MOVING = (PayoutState.PENDING, PayoutState.IN_TRANSIT)


class Payout(models.Model):
    """One payout, in minor units of `currency`. Its state mirrors the provider's; what it did to the books are entries.

    `reconciled_at`: since when all its parts are known. A payout by hand (`automatic` False) has none.
    """

    ref = models.CharField(max_length=100, unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=PayoutState.choices)
    automatic = models.BooleanField()
    arrives_on = models.DateField()
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    failure = models.CharField(max_length=100, default="")
    movement = models.OneToOneField(BalanceMovement, on_delete=models.PROTECT, null=True, related_name="payout")
    failure_movement = models.OneToOneField(
        BalanceMovement, on_delete=models.PROTECT, null=True, related_name="failed_payout"
    )
    reconciled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PayoutState.values), name="payout_state_known"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="payout_of_something"),
        ]
        indexes = [models.Index(fields=["-created_at"], name="payout_newest_first")]

    def __str__(self) -> str:
        return f"payout:{self.ref}"


class PayoutPart(models.Model):
    """One movement that was paid out in a payout. Rows are only added.

    `after_mark` is the last mark that stood when the row was written under the lock of posting: a report at a later mark
    knows the row, one at that mark or an earlier one doesn't.
    """

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="parts")
    movement = models.OneToOneField(BalanceMovement, on_delete=models.PROTECT, related_name="paid_out_in")
    after_mark = models.BigIntegerField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.movement_id} in {self.payout_id}"
