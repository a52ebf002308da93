"""A donation: what a donor meant to give, committed before the provider is asked."""

from django.db import models
from django.db.models import F, Q

from payments.states import DonationState


class Donation(models.Model):
    """One intent to give. Sums are in minor units of `currency`; gross = lines + covered fee, and it never changes."""

    state = models.CharField(max_length=16, choices=DonationState.choices, default=DonationState.DRAFT)
    donor = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, related_name="+")
    intent_key = models.CharField(max_length=64, unique=True)
    content_digest = models.CharField(max_length=64)
    token = models.CharField(max_length=43, unique=True)
    currency = models.CharField(max_length=3, default="PLN")
    lines_minor = models.BigIntegerField()
    cover_fee_minor = models.BigIntegerField(default=0)
    gross_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    language = models.CharField(max_length=8)
    terms_version = models.CharField(max_length=32)
    success_url = models.CharField(max_length=500)
    cancel_url = models.CharField(max_length=500)
    checkout_ref = models.CharField(max_length=100, null=True, unique=True)
    checkout_url = models.CharField(max_length=2000, default="")
    checkout_expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    monthly_gift = models.ForeignKey(
        "payments.MonthlyGift", on_delete=models.PROTECT, null=True, related_name="donations"
    )
    monthly_terms = models.ForeignKey("payments.MonthlyTerms", on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True)
    """The day, of Warsaw's calendar, for which a monthly gift was given: its period."""
    invoice_ref = models.CharField(max_length=100, null=True, unique=True)
    share_policy = models.ForeignKey(
        "payments.SharePolicy", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """What the donor was told, before paying, that running costs get of it; None: nothing."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["monthly_gift", "due_on"],
                condition=Q(settled_at__isnull=False),
                name="donation_one_per_monthly_period",
            ),
            models.CheckConstraint(
                condition=Q(monthly_gift__isnull=True, monthly_terms__isnull=True, due_on__isnull=True)
                | Q(monthly_gift__isnull=False, monthly_terms__isnull=False, due_on__isnull=False),
                name="donation_of_a_monthly_gift_has_its_period",
            ),
            models.CheckConstraint(
                condition=Q(gross_minor=F("lines_minor") + F("cover_fee_minor")), name="donation_gross_is_lines_and_fee"
            ),
            models.CheckConstraint(condition=Q(lines_minor__gt=0), name="donation_gives_something"),
            models.CheckConstraint(condition=Q(cover_fee_minor__gte=0), name="donation_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0) & Q(refunded_minor__lte=F("gross_minor")),
                name="donation_refunds_within_gross",
            ),
            models.CheckConstraint(condition=Q(state__in=DonationState.values), name="donation_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["state", "looked_at"],
                name="donation_in_doubt",
                condition=Q(state__in=["draft", "checkout_open", "processing"]),
            ),
            models.Index(fields=["donor"], name="donation_by_donor"),
            models.Index(fields=["-created_at"], name="donation_newest_first"),
            models.Index(
                fields=["settled_at", "id"], name="donation_by_settling", condition=Q(settled_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"donation:{self.pk}"


class DonationLine(models.Model):
    """One frozen row of a donation, as the donor saw it: title, fund, price and quantity at that moment."""

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    fund_code = models.CharField(max_length=40)
    unit_minor = models.BigIntegerField()
    quantity = models.PositiveIntegerField()
    fallback = models.CharField(max_length=2000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["donation", "position"], name="donation_line_position"),
            models.CheckConstraint(condition=Q(unit_minor__gt=0) & Q(quantity__gt=0), name="donation_line_positive"),
        ]
        ordering = ["donation_id", "position"]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.title}"
