"""A delivery: goods handed on for a need, in a region, in a week."""

from django.db import models

from aid_packages.deliveries.models.week import week_constraint
from aid_packages.models import Allocation, Region


class Delivery(models.Model):
    """Append-only; what was handed on stands in its stock moves. `people` only where somebody really counted them.

    There is no text, no day, no hour, no person and no place finer than a region here, and no column for one. A wrong
    delivery is taken back by a second row (`counters`) with the same facts and the opposite people.
    """

    fund_code = models.CharField(max_length=40)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    week = models.PositiveIntegerField()
    period = models.PositiveIntegerField()
    people = models.IntegerField(null=True)
    nationalities = models.PositiveSmallIntegerField(null=True)
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, null=True, related_name="deliveries")
    counters = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="taken_back")
    request_key = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "deliveries"
        constraints = [
            week_constraint(name="delivery_week_is_a_week"),
            models.CheckConstraint(
                condition=models.Q(people=None)
                | models.Q(counters=None, people__gt=0)
                | models.Q(counters__isnull=False, people__lt=0),
                name="delivery_people_were_counted",
            ),
            models.CheckConstraint(
                condition=models.Q(nationalities=None) | models.Q(people__isnull=False, nationalities__gt=0),
                name="delivery_nationalities_are_of_people",
            ),
        ]

    def __str__(self) -> str:
        return f"delivery:{self.pk}"
