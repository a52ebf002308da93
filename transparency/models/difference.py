"""A named difference that a treasurer accepted: the report prints it with the reason."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from transparency.models.choices import CheckName
from transparency.models.report import Report


class AcceptedDifference(models.Model):
    """One finding, by its check, subject and sum: another difference at the same place is not accepted by it."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="accepted")
    mark = models.ForeignKey("ledger.Mark", on_delete=models.PROTECT, related_name="+")
    check_name = models.CharField(max_length=32, choices=CheckName.choices)
    subject = models.CharField(max_length=120)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "mark", "check_name", "subject"], name="difference_accepted_once_at_a_mark"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="difference_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.check_name}: {self.subject}"
