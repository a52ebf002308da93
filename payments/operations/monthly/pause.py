"""Pausing for some months, with an end that comes by itself, and going on before that."""

from datetime import UTC, datetime, time

from payments import current_provider
from payments.models import MonthlyGift
from payments.monthly_calendar import in_months, warsaw_day
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
from payments.operations.monthly.replace import resume as resume_subscription
from payments.operations.monthly.skip import do_pause, pause_by_hand
from payments.provider import SubscriptionFacts

LONGEST_PAUSE = 12
"""In months."""


@one_act
def pause(*, gift_id: int, months: int, by: By, request_key: str, now: datetime) -> Acted:
    """Take nothing for 1 to 12 months; the next gift is the first regular one after that. A pause that lasts is replaced.

    Errors as `skip_next`, and ValueError for another number of months.
    """
    if not 1 <= months <= LONGEST_PAUSE:
        raise ValueError("a pause lasts 1 to 12 months")
    act = known_act(gift_id=gift_id, verb=ActVerb.PAUSE, by=by, request_key=request_key)
    if act is None:
        gift, facts = read_subscription(gift_id=gift_id, verb=ActVerb.PAUSE, now=now)
        if facts is not None and not facts.paused:
            refuse_if_being_taken(facts=facts, now=now)
            refuse_if_charge_is_near(charge_at=facts.period_end, now=now)
        resumes_at = pause_ends_at(months=months, now=now)
        act = commit_act(
            gift_id=gift_id,
            verb=ActVerb.PAUSE,
            by=by,
            request_key=request_key,
            params={
                "months": months,
                "resumes_at": resumes_at.isoformat(),
                # asked again later than this, it would not keep what was told
                "charge_at": _first_charge(gift=gift, facts=facts, otherwise=resumes_at).isoformat(),
                "ref": "" if facts is None else facts.ref,
            },
            now=now,
        )
    return carry_out(act_id=act.pk, do=do_pause, now=now)


def pause_ends_at(*, months: int, now: datetime) -> datetime:
    """The instant at which a pause of so many months ends: midnight UTC of the day, so that day's own gift is taken."""
    today = warsaw_day(now)
    return datetime.combine(in_months(day=today, months=months, wanted_day=today.day), time(tzinfo=UTC))


def _first_charge(*, gift: MonthlyGift, facts: SubscriptionFacts | None, otherwise: datetime) -> datetime:
    if facts is None:
        return gift.next_charge_at or otherwise
    return otherwise if facts.paused else facts.period_end


@one_act
def resume(*, gift_id: int, by: By, request_key: str, now: datetime) -> Acted:
    """End a pause or a skip now: the next gift is the next regular one. Errors as `skip_next`."""
    act = known_act(gift_id=gift_id, verb=ActVerb.RESUME, by=by, request_key=request_key)
    if act is None:
        _gift, facts = read_subscription(gift_id=gift_id, verb=ActVerb.RESUME, now=now)
        act = commit_act(
            gift_id=gift_id,
            verb=ActVerb.RESUME,
            by=by,
            request_key=request_key,
            params={"ref": "" if facts is None else facts.ref},
            now=now,
        )
    return carry_out(act_id=act.pk, do=do_resume, now=now)


def do_resume(run: Run) -> ReadBack:
    """What going on is at the provider; by hand, in our own row."""
    ref = run.act.params["ref"]
    if not ref:
        return ReadBack(change=lambda gift: pause_by_hand(gift=gift, until=None))
    resume_subscription(run=run, step="resume", ref=ref)
    facts = current_provider().fetch_subscription(ref=ref)
    if facts.paused:
        raise ReadBackDiffers
    return ReadBack(facts=facts)
