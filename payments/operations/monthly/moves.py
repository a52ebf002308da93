"""Moving a monthly gift from one state to another."""

from datetime import datetime

from payments.models import MonthlyGift, MonthlyMove
from payments.monthly_states import MonthlyState


def lock_gift(*, gift_id: int) -> MonthlyGift:
    """The gift with its row locked, inside the caller's database transaction. Raises MonthlyGift.DoesNotExist.

    Where a donation is locked too, the gift comes first: two who take turns at both never wait for each other.
    """
    return MonthlyGift.objects.select_for_update().get(pk=gift_id)


def move_monthly(*, gift: MonthlyGift, to_state: MonthlyState, because: str, now: datetime) -> bool:
    """Record one move; the caller holds the row lock, and saves. Says whether it was one.

    There is no table of moves: from the first subscription on, the state is the provider's, whatever it was before.
    """
    if gift.state == to_state:
        return False
    MonthlyMove.objects.create(gift=gift, from_state=gift.state, to_state=to_state, because=because[:100], at=now)
    gift.state = to_state
    return True
