"""What a package planned for one unit of an item, as it stood when it was noted."""

from django.db import models

from aid_packages.deliveries.models.item import AidItem


class PlannedCost(models.Model):
    """Append-only: the latest row of an item and package counts. A package's own lines may change under a donor's eyes
    later; what was planned when something was bought stays here. Without a cost the two are no longer compared.
    """

    item = models.ForeignKey(AidItem, on_delete=models.PROTECT, related_name="planned")
    sku = models.CharField(max_length=40)
    part = models.CharField(max_length=200)
    """The Polish title of the package's line: its name, since lines are replaced whole and keep no id."""
    unit_cost_minor = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit_cost_minor=None) | models.Q(unit_cost_minor__gt=0),
                name="planned_cost_is_positive",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id}:{self.sku}"
