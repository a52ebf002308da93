"""The trail: who did what, to what, when and why. It only grows."""

from django.conf import settings
from django.db import models


class TrailEntry(models.Model):
    """One act of the staff, or of the shop itself where no person acted."""

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    act = models.CharField(max_length=64)
    subject = models.CharField(max_length=96)
    reason = models.CharField(max_length=1000)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "id"], name="trail_by_subject")]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="trail_has_reason")]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"
