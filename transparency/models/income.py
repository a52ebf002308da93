"""What the whole organisation took in during a year, as it reported it: typed by staff, never corrected in place."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class OrganisationIncome(models.Model):
    """The yearly income in grosze and where the figure stands. A later row for the same year takes its place."""

    year = models.PositiveSmallIntegerField()
    income_minor = models.BigIntegerField()
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-year", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(income_minor__gt=0), name="income_is_positive"),
            models.CheckConstraint(condition=~Q(source=""), name="income_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.income_minor}"
