"""Money that came and can't be placed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.models.charge import Charge
from payments.models.monthly.gift import MonthlyGift


class UnmatchedReason(models.TextChoices):
    """Why a charge could not be placed."""

    SECOND_CHARGE = "second_charge", _("a second payment for the same donation")  # the first one is the gift
    WRONG_AMOUNT = "wrong_amount", _("another sum than the donation's")  # more or less than was agreed
    WRONG_CURRENCY = "wrong_currency", _("another currency than the donation's")  # booked in the settlement currency
    AFTER_CANCELLATION = "after_cancellation", _("paid after the donor cancelled")  # the donor was told: cancelled
    NO_INTENT = "no_intent", _("a payment without a donation")  # made outside the shop, or its donation is unknown


class UnmatchedPayment(models.Model):
    """A charge waiting for staff. `resolved_at` is set when all of it went back to the payer. `monthly_gift` is the one
    whose renewal it paid, when it made no donation."""

    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="unmatched")
    reason = models.CharField(max_length=24, choices=UnmatchedReason.choices)
    monthly_gift = models.ForeignKey(MonthlyGift, on_delete=models.PROTECT, null=True, related_name="unmatched")
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reason__in=UnmatchedReason.values), name="unmatched_reason_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.charge_id}: {self.reason}"
