"""An aid package: what a donor picks. It stands for its need, where the money is pooled."""

from django.db import models
from oscar.apps.catalogue.models import Product

from aid_packages.models.need import Need
from core.texts import texts_constraint


class AidPackage(models.Model):
    """Our fields beside Oscar's product. The amount here is the truth; Oscar's stock record only shows it.

    There is no stock: nothing runs out, since money is pooled by need. The database refuses a package whose items
    do not add up to its amount (see migration 0002).
    """

    product = models.OneToOneField(Product, on_delete=models.PROTECT, related_name="aid_package")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="packages")
    sku = models.CharField(max_length=40, unique=True)
    title = models.JSONField()
    summary = models.JSONField()
    amount_minor = models.BigIntegerField()
    limit_per_order = models.PositiveIntegerField()
    illustration = models.SlugField(max_length=40)
    public = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            texts_constraint("title", name="package_title_in_both_languages"),
            texts_constraint("summary", name="package_summary_in_both_languages"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="package_amount_is_positive"),
            models.CheckConstraint(condition=models.Q(limit_per_order__gt=0), name="package_limit_is_positive"),
            models.CheckConstraint(
                condition=models.Q(sku__regex=r"^[A-Z][A-Z0-9-]*$"), name="package_sku_is_upper_case"
            ),
        ]

    def __str__(self) -> str:
        return self.sku

    @property
    def slug(self) -> str:
        """The package's name in addresses."""
        return self.sku.lower()
