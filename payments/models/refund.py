"""Money given back."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from payments.models.charge import Charge
from payments.models.movement import BalanceMovement


class RefundState(models.TextChoices):
    """Where a refund stands."""

    REQUESTED = (
        "requested",
        pgettext_lazy("refund", "being requested"),
    )  # committed by us; the provider's answer is not known yet
    PENDING = "pending", pgettext_lazy("refund", "on its way")  # accepted by the provider and booked
    SUCCEEDED = "succeeded", pgettext_lazy("refund", "refunded")  # handed to the donor's bank, and booked
    FAILED = "failed", pgettext_lazy("refund", "came back")  # the bank sent it back; the booking is mirrored
    REFUSED = "refused", pgettext_lazy("refund", "refused")  # the provider did not accept it; nothing was booked


BOOKED_STATES = (RefundState.PENDING, RefundState.SUCCEEDED)
HOLDING_STATES = (RefundState.REQUESTED, *BOOKED_STATES)


class Refund(models.Model):
    """One refund of one charge, in minor units of the charge's currency. Its id makes the idempotency key.

    `booked_minor` is what left the clearing account, in the books' currency.
    """

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="refunds")
    request_key = models.CharField(max_length=100, unique=True)
    state = models.CharField(max_length=12, choices=RefundState.choices, default=RefundState.REQUESTED)
    amount_minor = models.BigIntegerField()
    booked_minor = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=1000)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    provider_ref = models.CharField(max_length=100, null=True, unique=True)
    failure = models.CharField(max_length=100, default="")
    movement = models.OneToOneField(BalanceMovement, on_delete=models.PROTECT, null=True, related_name="refund")
    failure_movement = models.OneToOneField(
        BalanceMovement, on_delete=models.PROTECT, null=True, related_name="failed_refund"
    )
    requested_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="refund_positive"),
            models.CheckConstraint(condition=models.Q(state__in=RefundState.values), name="refund_state_known"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="refund_has_reason"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"refund:{self.pk}"
