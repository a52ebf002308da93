"""The provider's own books, grouped as the provider groups them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum

from payments.models import BalanceMovement


@dataclass(frozen=True)
class CategorySum:
    """One reporting category, in minor units of `currency`."""

    category: str
    currency: str
    movements: int
    amount_minor: int
    fee_minor: int
    net_minor: int


def movements_in(*, since: datetime, until: datetime) -> list[CategorySum]:
    """What moved our balance there from `since` until before `until`, by reporting category. One query."""
    rows = (
        BalanceMovement.objects.filter(created_at__gte=since, created_at__lt=until)
        .values("category", "currency")
        .annotate(movements=Count("pk"), amount=Sum("amount_minor"), fee=Sum("fee_minor"), net=Sum("net_minor"))
        .order_by("category", "currency")
    )
    return [
        CategorySum(
            category=row["category"],
            currency=row["currency"],
            movements=row["movements"],
            amount_minor=row["amount"],
            fee_minor=row["fee"],
            net_minor=row["net"],
        )
        for row in rows
    ]
