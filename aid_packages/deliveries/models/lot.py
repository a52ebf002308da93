"""A lot: units of one item that came in together, bought on one document or given in kind."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aid_packages.deliveries.models.item import AidItem
from aid_packages.deliveries.models.week import week_constraint
from aid_packages.models import Region, SpendingDocument


class Origin(models.TextChoices):
    """How a lot came to us."""

    BOUGHT = "bought", _("Bought")
    """With donors' money: its cost stands on an accepted document."""
    IN_KIND = "in_kind", _("Given in kind")
    """Somebody gave the things themselves; their documented value is no money and stands in no money line."""


class ValueBasis(models.TextChoices):
    """How the value of a gift in kind is documented."""

    INVOICE = "invoice", _("The giver's invoice")
    """What the giver paid, by their invoice."""
    PRICE_LIST = "price_list", _("A shop's listed amount")
    """What the same new thing costs in a shop, noted that week."""
    APPRAISAL = "appraisal", _("An appraisal by two people")
    """Two of us estimated it, for used things."""


class Lot(models.Model):
    """Append-only. `cost_minor` is the whole lot's cost, or documented value, in grosze. Where it is stored is a region,
    when it came a week, until when it keeps a month; nothing finer is kept.
    """

    item = models.ForeignKey(AidItem, on_delete=models.PROTECT, related_name="lots")
    fund_code = models.CharField(max_length=40)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    week = models.PositiveIntegerField()
    period = models.PositiveIntegerField()
    units = models.PositiveIntegerField()
    origin = models.CharField(max_length=10, choices=Origin.choices)
    document = models.ForeignKey(SpendingDocument, on_delete=models.PROTECT, null=True, related_name="lots")
    cost_minor = models.BigIntegerField()
    value_basis = models.CharField(max_length=10, choices=ValueBasis.choices, blank=True, default="")
    use_by = models.PositiveIntegerField(null=True)
    """The month (202704) until whose end it keeps; None where it keeps for years."""
    request_key = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            week_constraint(name="lot_week_is_a_week"),
            models.CheckConstraint(condition=models.Q(units__gt=0), name="lot_units_are_positive"),
            models.CheckConstraint(condition=models.Q(cost_minor__gt=0), name="lot_cost_is_positive"),
            models.CheckConstraint(
                condition=models.Q(origin="bought", document__isnull=False, value_basis="")
                | (models.Q(origin="in_kind", document=None) & models.Q(value_basis__in=ValueBasis.values)),
                name="lot_has_its_paper",
            ),
            models.CheckConstraint(
                condition=models.Q(use_by=None) | models.Q(use_by__range=(202001, 209912)), name="lot_use_by_is_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"lot:{self.pk}"
