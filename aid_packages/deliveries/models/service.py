"""A service performed: consultations, interventions, lessons of one week in one region."""

from django.db import models

from aid_packages.deliveries.models.item import AidItem
from aid_packages.deliveries.models.week import week_constraint
from aid_packages.models import Allocation, Region


class Service(models.Model):
    """Append-only. `units` of the item done in the week; `people` only where somebody really counted them.

    As with deliveries there is no place for anything finer. A wrong row is taken back by a second one (`counters`).
    """

    item = models.ForeignKey(AidItem, on_delete=models.PROTECT, related_name="services")
    fund_code = models.CharField(max_length=40)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    week = models.PositiveIntegerField()
    period = models.PositiveIntegerField()
    units = models.IntegerField()
    people = models.IntegerField(null=True)
    nationalities = models.PositiveSmallIntegerField(null=True)
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, null=True, related_name="services")
    counters = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="taken_back")
    request_key = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            week_constraint(name="service_week_is_a_week"),
            models.CheckConstraint(
                condition=models.Q(counters=None, units__gt=0) | models.Q(counters__isnull=False, units__lt=0),
                name="service_units_are_counted",
            ),
            models.CheckConstraint(
                condition=models.Q(people=None)
                | models.Q(counters=None, people__gt=0)
                | models.Q(counters__isnull=False, people__lt=0),
                name="service_people_were_counted",
            ),
            models.CheckConstraint(
                condition=models.Q(nationalities=None) | models.Q(people__isnull=False, nationalities__gt=0),
                name="service_nationalities_are_of_people",
            ),
        ]

    def __str__(self) -> str:
        return f"service:{self.pk}"
