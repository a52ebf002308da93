"""Mirroring the provider's own books."""

from datetime import datetime

from payments.models import BalanceMovement
from payments.provider import MovementFacts


def mirror(*, facts: MovementFacts, now: datetime) -> BalanceMovement:
    """The stored row of this movement, added if it is new. May be called by several at once."""
    BalanceMovement.objects.bulk_create(
        [
            BalanceMovement(
                ref=facts.ref,
                kind=facts.kind.value,
                category=facts.category,
                amount_minor=facts.amount_minor,
                fee_minor=facts.fee_minor,
                net_minor=facts.net_minor,
                currency=facts.currency,
                source_ref=facts.source_ref,
                created_at=facts.created_at,
                available_on=facts.available_on,
                seen_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    return BalanceMovement.objects.get(ref=facts.ref)
