"""The moves that a consumer has not followed yet, and its own note of having done so."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from payments.models import DonationTransition, TransitionHandled
from payments.states import DonationState

MAILS = "payments.mails"
ORDERS = "shop.orders"
CONSUMER_BY_TASK = {"payments.donation_moved": MAILS, "shop.donation_moved": ORDERS}
"""Whose notes say that the work behind a hint is done."""


@dataclass(frozen=True)
class Moved:
    """One move of a donation."""

    transition_id: int
    donation_id: int
    from_state: DonationState
    to_state: DonationState
    because: str
    at: datetime


def _behind(consumer: str) -> QuerySet[DonationTransition]:
    done = TransitionHandled.objects.filter(transition=OuterRef("pk"), consumer=consumer)
    return DonationTransition.objects.filter(~Exists(done)).order_by("pk")


def transitions_to_handle(*, consumer: str, donation_id: int | None = None, limit: int = 200) -> list[Moved]:
    """Moves that `consumer` has not marked, oldest first; of one donation, if named."""
    rows = _behind(consumer)
    if donation_id is not None:
        rows = rows.filter(donation_id=donation_id)
    return [
        Moved(
            transition_id=row.pk,
            donation_id=row.donation_id,
            from_state=DonationState(row.from_state),
            to_state=DonationState(row.to_state),
            because=row.because,
            at=row.at,
        )
        for row in rows[:limit]
    ]


def mark_handled(*, consumer: str, transition_id: int, now: datetime) -> None:
    """Note that `consumer` has followed a move; call it in the same database transaction as what it did. Once is enough.

    It stands beside its question because it answers it; it decides nothing.
    """
    TransitionHandled.objects.bulk_create(
        [TransitionHandled(transition_id=transition_id, consumer=consumer, handled_at=now)], ignore_conflicts=True
    )


def followers_behind(*, task: str, limit: int) -> list[int]:
    """Ids of donations with a move that the consumer behind `task` has not followed."""
    ids = _behind(CONSUMER_BY_TASK[task]).values_list("donation_id", flat=True)[:limit]
    return list(dict.fromkeys(ids))
