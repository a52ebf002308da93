"""What payments has done, followed by the shop's orders.

Each move once, however often and in whatever order it is told.
"""

from datetime import datetime

from django.db import transaction

from payments.models import Donation
from payments.operations import mark_handled
from payments.queries import Moved, transitions_to_handle
from payments.states import DonationState
from shop.forks.checkout import orders

CONSUMER = "shop.orders"


def follow_moves(*, now: datetime, donation_id: int | None = None) -> int:
    """Follows every move not handled yet (of one donation, if it is named), and returns how many there were."""
    moves = transitions_to_handle(consumer=CONSUMER, donation_id=donation_id)
    for moved in moves:
        with transaction.atomic():
            _follow(moved, now=now)
            mark_handled(consumer=CONSUMER, transition_id=moved.transition_id, now=now)
    return len(moves)


def _follow(moved: Moved, *, now: datetime) -> None:
    """The order goes where the donation stands now, so that moves told out of order end alike."""
    key, state = Donation.objects.values_list("intent_key", "state").get(pk=moved.donation_id)
    number = orders.number_in(key)
    if number is not None:
        orders.follow_donation(number=number, state=DonationState(state), now=now)
