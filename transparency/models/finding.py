"""What a check found: the name of the check, the figures that differ, and the entries to look at."""

from django.db import models

from transparency.models.choices import CheckName
from transparency.models.report import Report


class ReportFinding(models.Model):
    """One thing that doesn't hold. Findings are written anew each time the report is built."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="findings")
    check_name = models.CharField(max_length=32, choices=CheckName.choices)
    subject = models.CharField(max_length=120)
    expected_minor = models.BigIntegerField(null=True)
    actual_minor = models.BigIntegerField(null=True)
    entries = models.JSONField(default=list)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.check_name}: {self.subject}"

    @property
    def difference_minor(self) -> int | None:
        """Actual minus expected in grosze, where the check compares two sums."""
        if self.expected_minor is None or self.actual_minor is None:
            return None
        return self.actual_minor - self.expected_minor
