"""Which part of the gifts pays for running costs, from which day on."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

MOST_PERMILLE = 200
"""No policy takes more than a fifth of a gift."""


class SharePolicy(models.Model):
    """One policy, proposed: `permille` of what is given goes to running costs from the beginning of `from_day`, a day of
    Warsaw's calendar, until another policy takes its place. Of 0 permille it ends the share. Rows are only added.
    """

    permille = models.PositiveSmallIntegerField()
    from_day = models.DateField()
    reason = models.CharField(max_length=500)
    request_key = models.CharField(max_length=100, unique=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(permille__gte=0) & Q(permille__lte=MOST_PERMILLE), name="share_policy_within_a_fifth"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="share_policy_has_its_reason"),
        ]

    def __str__(self) -> str:
        return f"share_policy:{self.pk}"


class ShareOutcome(models.TextChoices):
    """What another person said to a proposed share for running costs."""

    APPROVED = "approved", pgettext_lazy("share", "approved")  # it is in force from its day on
    REFUSED = "refused", pgettext_lazy("share", "refused")  # it never takes effect


class SharePolicyDecision(models.Model):
    """What another person decided about a policy, once. Rows are only added."""

    policy = models.OneToOneField(SharePolicy, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=8, choices=ShareOutcome.choices)
    reason = models.CharField(max_length=500)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=ShareOutcome.values), name="share_decision_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="share_decision_has_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.outcome}"
