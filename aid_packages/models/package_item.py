"""What is inside a package: each part with its cost, and where that cost was taken from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aid_packages.models.package import AidPackage
from core.texts import texts_constraint


class ItemKind(models.TextChoices):
    """What a part of a package pays for."""

    GOODS = "goods", _("Goods")
    """Things handed to a person."""
    SERVICE = "service", _("Service")
    """Work done for a person, such as an hour of a lawyer."""
    TRANSPORT = "transport", _("Transport, storage and organising")
    """What it takes to bring help where it is needed."""
    PAYMENT = "payment", _("Cost of the payment")
    """What the payment provider keeps; always an estimate."""
    RUNNING = "running", _("Running costs")
    """The organisation's own costs: office, accounts, insurance."""


class PackageItem(models.Model):
    """One line of a package's composition. Sums are grosze."""

    package = models.ForeignKey(AidPackage, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=ItemKind.choices)
    title = models.JSONField()
    quantity = models.PositiveIntegerField()
    unit_cost_minor = models.BigIntegerField()
    source = models.JSONField()
    source_date = models.DateField()
    is_estimate = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["package", "position"], name="item_position_is_unique_in_package"),
            texts_constraint("title", name="item_title_in_both_languages"),
            texts_constraint("source", name="item_source_in_both_languages"),
            models.CheckConstraint(condition=models.Q(kind__in=ItemKind.values), name="item_kind_is_known"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="item_quantity_is_positive"),
            models.CheckConstraint(condition=models.Q(unit_cost_minor__gt=0), name="item_unit_cost_is_positive"),
            models.CheckConstraint(
                condition=~models.Q(kind="payment") | models.Q(is_estimate=True),
                name="item_payment_cost_is_an_estimate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package_id}/{self.position}"

    @property
    def sum_minor(self) -> int:
        """Quantity times unit cost, in grosze."""
        return self.quantity * self.unit_cost_minor
