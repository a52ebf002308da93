"""What is given each time: a version of a monthly gift, frozen."""

from django.db import models
from django.db.models import F, Q

from payments.models.monthly.gift import MonthlyGift
from payments.monthly_states import Interval


class MonthlyTerms(models.Model):
    """One version; rows are only added. Sums in minor units of the gift's currency; gross = lines + covered fee.

    An invoice names the version it was made for, so a change never touches a gift that was already on its way.
    """

    gift = models.ForeignKey(MonthlyGift, on_delete=models.PROTECT, related_name="terms")
    version = models.PositiveIntegerField()
    interval = models.CharField(max_length=8, choices=Interval.choices)
    day = models.PositiveSmallIntegerField()
    """1 to 31, of Warsaw's calendar; a month that lacks it means its last day."""
    lines_minor = models.BigIntegerField()
    cover_fee_minor = models.BigIntegerField(default=0)
    gross_minor = models.BigIntegerField()
    share_policy = models.ForeignKey(
        "payments.SharePolicy", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """The most that running costs may get of a gift under this version: what was said before it was agreed to."""
    because = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gift", "version"], name="monthly_terms_version_once"),
            models.CheckConstraint(
                condition=Q(gross_minor=F("lines_minor") + F("cover_fee_minor")),
                name="monthly_terms_gross_is_lines_and_fee",
            ),
            models.CheckConstraint(condition=Q(lines_minor__gt=0), name="monthly_terms_give_something"),
            models.CheckConstraint(condition=Q(cover_fee_minor__gte=0), name="monthly_terms_fee_not_negative"),
            models.CheckConstraint(condition=Q(day__gte=1) & Q(day__lte=31), name="monthly_terms_day_of_a_month"),
            models.CheckConstraint(condition=Q(interval__in=Interval.values), name="monthly_terms_interval_known"),
        ]
        ordering = ["gift_id", "version"]

    def __str__(self) -> str:
        return f"{self.gift_id} v{self.version}"


class MonthlyLine(models.Model):
    """One frozen row of a version, as a DonationLine of each gift made under it."""

    terms = models.ForeignKey(MonthlyTerms, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    fund_code = models.CharField(max_length=40)
    unit_minor = models.BigIntegerField()
    quantity = models.PositiveIntegerField()
    fallback = models.CharField(max_length=2000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["terms", "position"], name="monthly_line_position"),
            models.CheckConstraint(condition=Q(unit_minor__gt=0) & Q(quantity__gt=0), name="monthly_line_positive"),
        ]
        indexes = [models.Index(fields=["fund_code"], name="monthly_line_by_fund")]
        ordering = ["terms_id", "position"]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.title}"
