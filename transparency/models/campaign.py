"""A campaign: some funds in some whole months, under a name, so that it can have a report."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.texts import texts_constraint


class Campaign(models.Model):
    """What a campaign's report is about. It never changes: another scope is another campaign.

    Whole months, because a posting knows its month, and because days could be subtracted from months until a single gift
    is left.
    """

    code = models.SlugField(max_length=24, unique=True)
    name = models.JSONField()
    first_period = models.IntegerField()
    last_period = models.IntegerField()
    funds = models.JSONField()
    """Codes of its funds, sorted."""
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["-last_period", "code"]
        constraints = [
            texts_constraint("name", name="campaign_name_in_both_languages"),
            models.CheckConstraint(condition=Q(first_period__lte=F("last_period")), name="campaign_months_in_order"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="campaign_code_fits_an_address"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="campaign_has_reason"),
        ]

    def __str__(self) -> str:
        return self.code
