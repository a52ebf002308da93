"""Moving a donation from one state to another, and telling those who follow."""

from datetime import datetime

from core.queue import enqueue
from payments.models import Donation, DonationTransition, MonthlyOccasion
from payments.monthly_states import OccasionState
from payments.states import DonationState, check_move

FOLLOWERS = ("payments.donation_moved", "shop.donation_moved")


def move(*, donation: Donation, to_state: DonationState, because: str, now: datetime) -> None:
    """Record one move, inside the caller's database transaction, which holds the donation's row lock.

    Raises MoveNotAllowed. Followers get one hint each once the database transaction is committed; the row is the fact.
    """
    check_move(from_state=DonationState(donation.state), to_state=to_state)
    DonationTransition.objects.create(
        donation=donation, from_state=donation.state, to_state=to_state, because=because, at=now
    )
    donation.state = to_state
    if to_state is DonationState.SETTLED and donation.due_on is not None:
        # the day that a gift by hand was asked for; it may have lapsed while the money was on its way
        asked = MonthlyOccasion.objects.filter(gift_id=donation.monthly_gift_id, due_on=donation.due_on)
        asked.exclude(state=OccasionState.GIVEN).update(state=OccasionState.GIVEN, closed_at=now)
    for task in FOLLOWERS:
        enqueue(task, donation.pk)
