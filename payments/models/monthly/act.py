"""What was done to a monthly gift, by whom, and what the provider said when it was read back."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from payments.models.monthly.gift import MonthlyGift
from payments.models.monthly.terms import MonthlyTerms
from payments.monthly_states import ActState, ActVerb


class MonthlyAct(models.Model):
    """One act, committed before the provider is asked. Its id makes the idempotency key; `request_key` makes a form
    that is sent twice one act.

    `actor` is empty when the donor acted. `told` is what was read back: sum, interval, next dates, end of a pause.
    """

    gift = models.ForeignKey(MonthlyGift, on_delete=models.PROTECT, related_name="acts")
    verb = models.CharField(max_length=12, choices=ActVerb.choices)
    request_key = models.CharField(max_length=100, unique=True)
    params = models.JSONField(default=dict)
    terms = models.ForeignKey(MonthlyTerms, on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=1000, default="", blank=True)
    state = models.CharField(max_length=10, choices=ActState.choices, default=ActState.REQUESTED)
    attempt = models.PositiveIntegerField(default=1)
    told = models.JSONField(null=True)
    failure_kind = models.CharField(max_length=24, default="", blank=True)
    requested_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ActState.values), name="monthly_act_state_known"),
            models.CheckConstraint(condition=Q(verb__in=ActVerb.values), name="monthly_act_verb_known"),
            models.CheckConstraint(
                condition=~Q(state=ActState.CONFIRMED) | Q(told__isnull=False), name="monthly_act_confirmed_was_read"
            ),
            models.CheckConstraint(
                condition=Q(actor__isnull=True) | ~Q(reason=""), name="monthly_act_by_staff_has_reason"
            ),
            # one at a time: two acts in the air at once could each be right and together be wrong
            models.UniqueConstraint(
                fields=["gift"], condition=Q(state__in=["requested", "unknown"]), name="monthly_act_one_at_a_time"
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"monthly_act:{self.pk}"
