"""What stock asks somebody to do soon."""

from dataclasses import dataclass
from datetime import datetime

from aid_packages.deliveries.models import Lot
from aid_packages.deliveries.queries.stock import stock_of
from core.periods import next_period, period_of
from core.texts import in_language


@dataclass(frozen=True)
class NearExpiry:
    """Units still in the store that keep only until `use_by` (202612), or did."""

    lot_id: int
    title: str
    units: int
    use_by: int
    is_over: bool

    @property
    def month(self) -> str:
        """The month as it is read: 2026-12."""
        return f"{self.use_by // 100}-{self.use_by % 100:02d}"


def near_expiry(*, now: datetime, limit: int = 20) -> list[NearExpiry]:
    """Lots in the store that keep until the end of next month or less, the shortest first. Two queries."""
    this = period_of(now)
    lots = Lot.objects.filter(use_by__lte=next_period(this)).select_related("item").order_by("use_by", "id")
    found = list(lots)
    stock = stock_of(lot_ids=[lot.pk for lot in found])
    rows = [
        NearExpiry(
            lot_id=lot.pk,
            title=in_language(lot.item.title),
            units=stock[lot.pk].in_store,
            use_by=lot.use_by or 0,
            is_over=(lot.use_by or 0) < this,
        )
        for lot in found
        if stock[lot.pk].in_store
    ]
    return rows[:limit]
