"""A move of stock: units of a lot from one place to another, like a posting."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from aid_packages.deliveries.models.delivery import Delivery
from aid_packages.deliveries.models.lot import Lot
from aid_packages.deliveries.models.week import week_constraint
from aid_packages.models import Allocation


class Place(models.TextChoices):
    """Where units of a lot are. Each unit is in exactly one of them, so reserved + free + gone = procured."""

    OUTSIDE = "outside", pgettext_lazy("stock", "Not ours")
    """Before it came to us; a lot that was entered by mistake goes back there."""
    FREE = "free", pgettext_lazy("stock", "Free")
    """In the store, promised to nobody."""
    RESERVED = "reserved", pgettext_lazy("stock", "Reserved")
    """In the store, kept for an allocation."""
    DELIVERED = "delivered", pgettext_lazy("stock", "Handed on")
    """With the people it was for."""
    LOST = "lost", pgettext_lazy("stock", "Lost")
    """Stolen, soaked, broken or gone."""
    EXPIRED = "expired", pgettext_lazy("stock", "Expired")
    """Past its time, and thrown away."""


MOVES: frozenset[tuple[Place, Place]] = frozenset(
    {
        (Place.OUTSIDE, Place.FREE),
        (Place.FREE, Place.RESERVED),
        (Place.RESERVED, Place.FREE),
        *(
            (start, end)
            for start in (Place.FREE, Place.RESERVED)
            for end in (Place.DELIVERED, Place.LOST, Place.EXPIRED)
        ),
    }
)
"""From where to where units may go; a row that takes another back goes the opposite way."""


class StockMove(models.Model):
    """Append-only. The database refuses a move that would leave fewer than no units anywhere, in any month."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="moves")
    source = models.CharField(max_length=10, choices=Place.choices)
    target = models.CharField(max_length=10, choices=Place.choices)
    units = models.PositiveIntegerField()
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, null=True, related_name="stock_moves")
    """For which allocation the units are, or were, reserved."""
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, related_name="moves")
    week = models.PositiveIntegerField()
    period = models.PositiveIntegerField()
    counters = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="taken_back")
    request_key = models.CharField(max_length=120, unique=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            week_constraint(name="stock_move_week_is_a_week"),
            models.CheckConstraint(condition=Q(units__gt=0), name="stock_move_units_are_positive"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="stock_move_goes_somewhere"),
            models.CheckConstraint(
                condition=Q(source__in=Place.values) & Q(target__in=Place.values), name="stock_move_places_are_known"
            ),
            models.CheckConstraint(
                condition=(Q(source="reserved") | Q(target="reserved")) & Q(allocation__isnull=False)
                | ~Q(source="reserved") & ~Q(target="reserved") & Q(allocation=None),
                name="stock_move_reserved_for_an_allocation",
            ),
            models.CheckConstraint(
                condition=(Q(source="delivered") | Q(target="delivered")) & Q(delivery__isnull=False)
                | ~Q(source="delivered") & ~Q(target="delivered") & Q(delivery=None),
                name="stock_move_delivered_by_a_delivery",
            ),
        ]

    def __str__(self) -> str:
        return f"stock_move:{self.pk}"
