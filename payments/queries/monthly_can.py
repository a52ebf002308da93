"""What can be done to a monthly gift at this moment. Pages show it, and every act checks it again."""

from datetime import datetime

from payments.models import MonthlyGift
from payments.monthly_states import ENDED, LIVE, NOT_BEGUN, ActVerb, MonthlyKind, MonthlyState

_ALWAYS_WHILE_LIVE = frozenset({ActVerb.CHANGE, ActVerb.CANCEL, ActVerb.SWITCH_KIND, ActVerb.MERGE})
_IN_ORDER = frozenset({MonthlyState.ACTIVE, MonthlyState.TRIALING})


def is_paused(*, gift: MonthlyGift, now: datetime) -> bool:
    """Whether `gift` rests: until a day, or, if somebody paused it at the provider's own desk, until it is resumed."""
    if gift.paused_until is not None:
        return gift.paused_until > now
    by_itself = gift.kind == MonthlyKind.AUTOMATIC and gift.subscription_ref is not None
    return by_itself and gift.state in _IN_ORDER and gift.next_charge_at is None


def possible_acts(*, gift: MonthlyGift, in_the_air: bool, in_trouble: bool, now: datetime) -> frozenset[ActVerb]:
    """The acts that `gift` allows now: none while another is in the air (`in_the_air`).

    `in_trouble`: a renewal of it failed and can still be paid.
    """
    state = MonthlyState(gift.state)
    if in_the_air:
        return frozenset()
    if state in ENDED:
        return frozenset({ActVerb.RESTART})
    if state in NOT_BEGUN:
        return frozenset({ActVerb.CANCEL})
    assert state in LIVE
    can = set(_ALWAYS_WHILE_LIVE)
    if gift.kind == MonthlyKind.AUTOMATIC:
        can.add(ActVerb.USE_METHOD)
    if is_paused(gift=gift, now=now):
        can |= {ActVerb.RESUME, ActVerb.PAUSE}
    elif state in _IN_ORDER:
        can |= {ActVerb.SKIP, ActVerb.PAUSE}
    if in_trouble and gift.kind == MonthlyKind.AUTOMATIC:
        can.add(ActVerb.MEND)
    return frozenset(can)
