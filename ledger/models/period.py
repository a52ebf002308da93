"""Months, open and closed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models.checks import is_month, one_of


class PeriodStatus(models.TextChoices):
    """Whether a month still takes entries."""

    OPEN = "open", _("Open")
    """What happened in this month is booked in it."""
    CLOSED = "closed", _("Closed")
    """Its report is published: what is learned later is booked in the first open month."""


class Period(models.Model):
    """A Warsaw month such as 202611. A month without a row is open; closed months are closed for good, oldest first."""

    period = models.IntegerField(primary_key=True)
    status = models.CharField(max_length=10, choices=PeriodStatus, default=PeriodStatus.OPEN)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            is_month("period", name="period_is_a_month"),
            one_of("status", PeriodStatus, name="period_status_is_known"),
            models.CheckConstraint(
                condition=models.Q(status="open", closed_at=None) | models.Q(status="closed", closed_at__isnull=False),
                name="period_closed_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.period)
