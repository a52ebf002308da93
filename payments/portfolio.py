"""What payments tells a donor who asks for everything we hold, and what it forgets."""

from datetime import datetime
from typing import Any

from donors import registry
from payments.models import Donation


def export(donor_id: int) -> dict[str, Any]:
    """The donor's donations as plain JSON: sums in minor units, states, receipts' numbers."""
    rows = Donation.objects.filter(donor_id=donor_id).prefetch_related("lines").select_related("receipt").order_by("pk")
    return {
        "donations": [
            {
                "created_at": row.created_at.isoformat(),
                "settled_at": row.settled_at.isoformat() if row.settled_at else None,
                "state": row.state,
                "gross_minor": row.gross_minor,
                "refunded_minor": row.refunded_minor,
                "currency": row.currency,
                "terms_version": row.terms_version,
                "receipt_number": row.receipt.number if hasattr(row, "receipt") else None,
                "lines": [
                    {"title": line.title, "quantity": line.quantity, "unit_minor": line.unit_minor}
                    for line in sorted(row.lines.all(), key=lambda line: line.position)
                ],
            }
            for row in rows
        ]
    }


def erase(donor_id: int, *, now: datetime) -> None:
    """Nothing to forget: a donation names its donor by number alone, and what stands behind the number is `donors`'."""


def register() -> None:
    """Make both known; called when the application starts."""
    registry.register("payments", export, erase)
