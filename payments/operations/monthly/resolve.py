"""Acts in doubt: looked up at the provider again, until they are closed one way or the other."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from payments.models import MonthlyAct
from payments.monthly_states import ActState, ActVerb
from payments.operations.asking import LEASE
from payments.operations.monthly.cancel import do_cancel
from payments.operations.monthly.change import do_change
from payments.operations.monthly.doing import Doer, carry_out
from payments.operations.monthly.mend import do_mend
from payments.operations.monthly.merge import do_merge
from payments.operations.monthly.method import do_use_method
from payments.operations.monthly.pause import do_resume
from payments.operations.monthly.restart import do_restart
from payments.operations.monthly.skip import do_pause
from payments.operations.monthly.switch_kind import do_switch

DOERS: Mapping[ActVerb, Doer] = {
    ActVerb.CHANGE: do_change,
    ActVerb.SKIP: do_pause,
    ActVerb.PAUSE: do_pause,
    ActVerb.RESUME: do_resume,
    ActVerb.CANCEL: do_cancel,
    ActVerb.RESTART: do_restart,
    ActVerb.USE_METHOD: do_use_method,
    ActVerb.SWITCH_KIND: do_switch,
    ActVerb.MERGE: do_merge,
    ActVerb.MEND: do_mend,
}
"""How each verb is carried out."""
MOST_AT_ONCE = 200


def acts_in_doubt(*, now: datetime) -> list[int]:
    """Ids of acts without an answer, oldest first: those in doubt, and those whose asker seems to have died."""
    doubtful = Q(state=ActState.UNKNOWN) | Q(state=ActState.REQUESTED, requested_at__lt=now - LEASE)
    found = MonthlyAct.objects.filter(doubtful, verb__in=[verb.value for verb in DOERS])
    return list(found.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def resolve_act(*, act_id: int, now: datetime) -> ActState:
    """Look whether an act happened, do what is left of it, and close it; one that is closed stays as it is.

    Called outside any database transaction, any number of times, also at once. A provider that is still silent leaves
    it as it is.
    """
    act = MonthlyAct.objects.get(pk=act_id)
    if act.state in (ActState.CONFIRMED, ActState.REFUSED) or ActVerb(act.verb) not in DOERS:
        return ActState(act.state)
    return carry_out(act_id=act_id, do=DOERS[ActVerb(act.verb)], now=now, wait=False).state
