"""What we asked the provider, stored before it was asked."""

from django.db import models

from payments.models.donation import Donation
from payments.models.monthly.gift import MonthlyGift


class CallOutcome(models.TextChoices):
    """What is known of a question to the provider."""

    PENDING = "pending", "pending"  # being asked at this moment, or the asker died
    UNKNOWN = "unknown", "unknown"  # no answer came; ask again with the same key
    ANSWERED = "answered", "answered"  # it happened
    REFUSED = "refused", "refused"  # it did not happen and will not
    ABANDONED = "abandoned", "abandoned"  # the provider repeats its own failure; looked up, and asked under a new key


class ProviderCall(models.Model):
    """One question that changes something there. `key` is "{model}:{id}:{verb}:{attempt}", the idempotency key."""

    key = models.CharField(max_length=100, unique=True)
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, null=True, related_name="calls")
    monthly_gift = models.ForeignKey(MonthlyGift, on_delete=models.PROTECT, null=True, related_name="calls")
    outcome = models.CharField(max_length=10, choices=CallOutcome.choices, default=CallOutcome.PENDING)
    tries = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer_ref = models.CharField(max_length=100, default="")
    failure_kind = models.CharField(max_length=24, default="")
    failure_code = models.CharField(max_length=100, default="")
    request_ref = models.CharField(max_length=100, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=CallOutcome.values), name="provider_call_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return self.key
