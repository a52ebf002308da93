"""What a donor gave in a year, written down: net of what went back, never changed, corrected by another revision."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from payments.models.donation import Donation


class StatementReason(models.TextChoices):
    """Why a revision was made."""

    FIRST = "first", _("first made")  # asked for, or mailed after the year's end
    MORE_GIFTS = "more_gifts", _("another gift is counted")  # made during the year, or a gift was claimed
    REFUND = "refund", _("money went back, or came back again")  # a refund or a dispute changed a gift's net
    DETAILS = "details", _("the donor's details changed")  # for example a name was added


class Statement(models.Model):
    """One revision of one donor's year with one donee, in one currency. Rows are only added. Sums in minor units of it.

    The donor's part stands in `donors`, by its id, and is erased there when the law lets it go.
    """

    donor = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, related_name="+")
    donee = models.ForeignKey("ledger.Donee", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    revision = models.PositiveIntegerField()
    reason = models.CharField(max_length=12, choices=StatementReason.choices)
    gross_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    share_minor = models.BigIntegerField(default=0)
    """What of it is for running costs, as each gift's donor was told before paying, less what of that went back."""
    currency = models.CharField(max_length=3, default="PLN")
    statutory_record = models.ForeignKey("donors.StatutoryRecord", on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donor", "donee", "year", "currency", "revision"], name="statement_revision_once"
            ),
            models.CheckConstraint(
                condition=Q(net_minor=F("gross_minor") - F("refunded_minor")), name="statement_net_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(share_minor__gte=0) & Q(share_minor__lte=F("net_minor")), name="statement_share_within_net"
            ),
            models.CheckConstraint(condition=Q(reason__in=StatementReason.values), name="statement_reason_known"),
        ]
        ordering = ["donor_id", "year", "donee_id", "currency", "revision"]

    def __str__(self) -> str:
        return f"statement {self.year} of donor {self.donor_id}, revision {self.revision}"


class StatementLine(models.Model):
    """One gift as a revision counted it. Rows are only added."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="+")
    paid_on = models.DateField()
    reference = models.CharField(max_length=20)
    gross_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "donation"], name="statement_counts_a_gift_once"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0) & Q(refunded_minor__lte=F("gross_minor")),
                name="statement_line_refund_within_gift",
            ),
        ]
        ordering = ["statement_id", "position"]

    def __str__(self) -> str:
        return f"{self.reference} in statement {self.statement_id}"


class GiftClaim(models.Model):
    """An anonymous gift that a donor proved to be theirs, by the code on its receipt. Only their statements know it."""

    donation = models.OneToOneField(Donation, on_delete=models.PROTECT, related_name="claim")
    donor = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["donor"], name="gift_claim_by_donor")]

    def __str__(self) -> str:
        return f"claim of donation {self.donation_id}"
