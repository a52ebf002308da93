"""The trail of one report: every act, by whom, when and why. It only grows."""

from django.conf import settings
from django.db import models

from transparency.models.choices import ReportAct, ReportState
from transparency.models.report import Report


class ReportStep(models.Model):
    """One act on a report. The actor is empty where the calendar or a worker acted."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=20, choices=ReportAct.choices)
    from_state = models.CharField(max_length=20, choices=ReportState.choices, blank=True)
    to_state = models.CharField(max_length=20, choices=ReportState.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    comment = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(act__in=ReportAct.values), name="report_step_act_is_known")
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.act}"
