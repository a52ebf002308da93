"""Ending a monthly gift: it has ended when the provider says so, and nothing is taken from then on."""

from datetime import datetime
from typing import Literal

from payments.models import MonthlyAct, MonthlyGift
from payments.monthly_states import ENDED, NOT_BEGUN, ActState, ActVerb, CancelReason, MonthlyKind, MonthlyState
from payments.operations.monthly.acts import (
    Acted,
    By,
    acted,
    check_possible,
    clear_the_way,
    commit_act,
    known_act,
    one_act,
)
from payments.operations.monthly.doing import NeverHappened, Run, carry_out
from payments.operations.monthly.follow import settle_monthly
from payments.operations.monthly.moves import move_monthly
from payments.operations.monthly.occasions import lapse_occasions
from payments.operations.monthly.read_back import ReadBack
from payments.operations.monthly.replace import end_subscription
from payments.operations.monthly.start import cancel_monthly_checkout


@one_act
def cancel_monthly(
    *, gift_id: int, by: By, request_key: str, now: datetime, why: CancelReason | Literal[""] = "", ending: str = ""
) -> Acted:
    """End a gift for good; open renewals of it are voided. One that has ended already is no error, and mails nobody.

    A page on which it would have begun is closed. `why` is what the donor wanted to say; it stands in no mail. `ending`
    is the word in the mail ("undone", "merge"). Called outside any database transaction. Raises NotNow(BUSY),
    ActKeyReused, core.trail.ReasonMissing, MonthlyGift.DoesNotExist.
    """
    act = known_act(gift_id=gift_id, verb=ActVerb.CANCEL, by=by, request_key=request_key)
    if act is None:
        clear_the_way(gift_id=gift_id, now=now)
        gift = MonthlyGift.objects.get(pk=gift_id)
        over = gift.state in ENDED
        if over:
            done = MonthlyAct.objects.filter(gift=gift, verb=ActVerb.CANCEL, state=ActState.CONFIRMED).last()
            if done is not None:
                return acted(done)
        else:
            check_possible(gift=gift, verb=ActVerb.CANCEL, now=now)
        act = commit_act(
            gift_id=gift_id,
            verb=ActVerb.CANCEL,
            by=by,
            request_key=request_key,
            params={"why": str(why), "ending": ending, "was_over": over},
            because=f"the donor's own wish: {why}" if why else "",
            in_any_state=over,
            now=now,
        )
    return carry_out(act_id=act.pk, do=do_cancel, now=now)


def do_cancel(run: Run) -> ReadBack:
    """What an end is at the provider; by hand, and before it began, what it is for us."""
    gift = run.gift
    if gift.state in NOT_BEGUN and gift.kind == MonthlyKind.AUTOMATIC and gift.subscription_ref is None:
        _close_page(gift=gift, now=run.now)
        gift.refresh_from_db()
    if gift.state in ENDED:
        # an end that was noticed while this act was in the air has been told by nobody yet
        told = run.act.params.get("was_over", False) or gift.state != MonthlyState.CANCELLED
        return ReadBack(quiet=told, change=lambda locked: _note_reason(locked, run.act))
    if gift.kind == MonthlyKind.BY_HAND or gift.subscription_ref is None:
        return ReadBack(change=lambda locked: _end_by_hand(locked, act=run.act, now=run.now))
    facts = end_subscription(run=run, ref=gift.subscription_ref)
    return ReadBack(facts=facts, change=lambda locked: _note_reason(locked, run.act))


def _close_page(*, gift: MonthlyGift, now: datetime) -> None:
    """Close the page on which it would begin. A draft's page is asked for first: it may be open without our knowing."""
    if gift.state == MonthlyState.DRAFT:
        settle_monthly(gift_id=gift.pk, now=now)
    cancel_monthly_checkout(token=gift.token, now=now)
    if MonthlyGift.objects.filter(pk=gift.pk, state__in=NOT_BEGUN, subscription_ref__isnull=True).exists():
        raise NeverHappened


def _note_reason(gift: MonthlyGift, act: MonthlyAct) -> None:
    gift.cancel_reason = act.params["why"]
    gift.save(update_fields=["cancel_reason"])


def _end_by_hand(gift: MonthlyGift, *, act: MonthlyAct, now: datetime) -> None:
    move_monthly(gift=gift, to_state=MonthlyState.CANCELLED, because="ended by hand", now=now)
    gift.cancelled_at, gift.paused_until, gift.next_charge_at = now, None, None
    gift.cancel_reason = act.params["why"]
    gift.save(update_fields=["state", "cancelled_at", "paused_until", "next_charge_at", "cancel_reason"])
    lapse_occasions(gift_id=gift.pk, now=now)
