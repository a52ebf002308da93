"""Skipping the next gift: a short pause that ends by itself right after the gift that it leaves out."""

from datetime import datetime

from payments import current_provider
from payments.models import MonthlyGift
from payments.monthly_states import ActVerb
from payments.operations.monthly.acts import (
    Acted,
    By,
    commit_act,
    known_act,
    one_act,
    read_subscription,
    refuse_if_being_taken,
    refuse_if_charge_is_near,
)
from payments.operations.monthly.doing import ReadBackDiffers, Run, carry_out
from payments.operations.monthly.read_back import ReadBack
from payments.operations.monthly.replace import BEFORE_THE_CHARGE, pause
from payments.queries.monthly_dates import SKIP_LASTS


@one_act
def skip_next(*, gift_id: int, by: By, request_key: str, now: datetime) -> Acted:
    """Leave the next gift out; then it goes on by itself. The same `request_key` is the same act.

    Called outside any database transaction. Raises NotNow, ActKeyReused, core.trail.ReasonMissing,
    MonthlyGift.DoesNotExist, and ProviderUnavailable or ProviderRefused while nothing was done yet.
    """
    act = known_act(gift_id=gift_id, verb=ActVerb.SKIP, by=by, request_key=request_key)
    if act is None:
        gift, facts = read_subscription(gift_id=gift_id, verb=ActVerb.SKIP, now=now)
        charge_at = (gift.next_charge_at or now) if facts is None else facts.period_end
        if facts is not None:
            refuse_if_being_taken(facts=facts, now=now)
            refuse_if_charge_is_near(charge_at=charge_at, now=now)
        act = commit_act(
            gift_id=gift_id,
            verb=ActVerb.SKIP,
            by=by,
            request_key=request_key,
            params={
                "charge_at": charge_at.isoformat(),
                "resumes_at": (charge_at + SKIP_LASTS).isoformat(),
                "ref": "" if facts is None else facts.ref,
            },
            now=now,
        )
    return carry_out(act_id=act.pk, do=do_pause, now=now)


def do_pause(run: Run) -> ReadBack:
    """What a skip and a pause are at the provider; by hand, what they are in our own row."""
    resumes_at = datetime.fromisoformat(run.act.params["resumes_at"])
    ref = run.act.params["ref"]
    if not ref:
        return ReadBack(change=lambda gift: pause_by_hand(gift=gift, until=resumes_at))
    charge_at = datetime.fromisoformat(run.act.params["charge_at"])
    pause(run=run, step=run.act.verb, ref=ref, resumes_at=resumes_at, not_after=charge_at - BEFORE_THE_CHARGE)
    facts = current_provider().fetch_subscription(ref=ref)
    if not facts.paused or facts.resumes_at != resumes_at:
        raise ReadBackDiffers
    return ReadBack(facts=facts)


def pause_by_hand(*, gift: MonthlyGift, until: datetime | None) -> None:
    """A gift by hand asks for nothing that falls due before `until`; None ends a pause."""
    gift.paused_until = until
    gift.save(update_fields=["paused_until"])
