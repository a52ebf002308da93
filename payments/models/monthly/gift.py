"""A monthly gift: what a donor committed to give again and again."""

from django.db import models
from django.db.models import Q

from payments.monthly_states import CancelReason, MonthlyKind, MonthlyState, ReceiptPolicy


class MonthlyGift(models.Model):
    """One commitment of one donor. What is given stands in its newest MonthlyTerms; the provider's subscription is one
    means to it, and may be replaced by another.

    `subscription_ref` names the one in force. `next_charge_at` is the provider's own figure as last read, or our own
    calendar's for a gift by hand. `paused_until` is set by a pause and by a skip.
    """

    kind = models.CharField(max_length=10, choices=MonthlyKind.choices)
    state = models.CharField(max_length=20, choices=MonthlyState.choices, default=MonthlyState.DRAFT)
    donor = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, related_name="+")
    intent_key = models.CharField(max_length=64, unique=True)
    content_digest = models.CharField(max_length=64)
    token = models.CharField(max_length=43, unique=True)
    currency = models.CharField(max_length=3, default="PLN")
    language = models.CharField(max_length=8)
    terms_version = models.CharField(max_length=32)
    receipt_policy = models.CharField(max_length=8, choices=ReceiptPolicy.choices, default=ReceiptPolicy.EACH)

    success_url = models.CharField(max_length=500)
    cancel_url = models.CharField(max_length=500)
    checkout_ref = models.CharField(max_length=100, null=True, unique=True)
    checkout_url = models.CharField(max_length=2000, default="")
    checkout_expires_at = models.DateTimeField(null=True)

    customer_ref = models.CharField(max_length=100, default="")
    subscription_ref = models.CharField(max_length=100, null=True, unique=True)
    method_ref = models.CharField(max_length=100, default="")
    method_kind = models.CharField(max_length=24, default="")
    method_expires = models.PositiveIntegerField(null=True)
    """The card's last month as 202712; nothing else of it is kept here."""

    next_charge_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    """When the commitment became the provider's too, or, by hand, when it was made."""
    cancelled_at = models.DateTimeField(null=True)
    """When the provider confirmed the end: money of later invoices is no gift."""
    cancel_reason = models.CharField(max_length=12, choices=CancelReason.choices, default="", blank=True)
    created_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MonthlyState.values), name="monthly_gift_state_known"),
            models.CheckConstraint(condition=Q(kind__in=MonthlyKind.values), name="monthly_gift_kind_known"),
            models.CheckConstraint(
                condition=~Q(state=MonthlyState.CANCELLED) | Q(cancelled_at__isnull=False),
                name="monthly_gift_end_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["donor"], name="monthly_gift_by_donor"),
            models.Index(fields=["state", "looked_at"], name="monthly_gift_to_look_at"),
            models.Index(fields=["-created_at"], name="monthly_gift_newest_first"),
            # the sweeper asks each minute which renewal is overdue
            models.Index(
                fields=["next_charge_at"], name="monthly_gift_next_charge", condition=Q(next_charge_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"monthly_gift:{self.pk}"
