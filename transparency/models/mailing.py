"""How far the mails of a published report have gone: one row for each kind, so that a killed worker goes on where it was."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from transparency.models.report import Report


class MailingKind(models.TextChoices):
    """Why donors are written to."""

    COUNTED = "counted", _("what was counted")
    """Each donor whose gift is counted in the report."""
    CORRECTED = "corrected", _("what was corrected")
    """Each donor whose gift is counted otherwise than in the revision before."""


class ReportMailing(models.Model):
    """The cursor: every donor up to `last_donor` has been written to (or is not to be)."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="mailings")
    kind = models.CharField(max_length=10, choices=MailingKind.choices)
    due_at = models.DateTimeField()
    last_donor = models.BigIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "kind"], name="mailing_once_for_a_report"),
            models.CheckConstraint(condition=models.Q(kind__in=MailingKind.values), name="mailing_kind_is_known"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(done_at__isnull=True), name="mailing_waiting")]

    def __str__(self) -> str:
        return f"{self.report}: {self.kind}"
