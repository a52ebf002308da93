"""An ended gift goes on: with the way to pay that the provider kept, or one given on its page."""

from datetime import UTC, datetime, time, timedelta

from payments import current_provider
from payments.models import MonthlyGift, MonthlyOccasion, MonthlySubscription, MonthlyTerms
from payments.monthly_calendar import charge_times, due_days, first_charge_at, warsaw_day
from payments.monthly_states import ActState, ActVerb, Interval, MonthlyKind, MonthlyState
from payments.operations.monthly.acts import (
    Acted,
    By,
    check_possible,
    clear_the_way,
    commit_act,
    known_act,
    one_act,
)
from payments.operations.monthly.doing import ReadBackDiffers, Run, carry_out
from payments.operations.monthly.method import open_page
from payments.operations.monthly.moves import move_monthly
from payments.operations.monthly.read_back import ReadBack
from payments.operations.monthly.replace import create_subscription, usable_method
from payments.provider import FIRST_HOUR_UTC
from payments.queries.monthly_dates import due_instant
from payments.queries.monthly_terms import terms_of


@one_act
def restart(*, gift_id: int, by: By, request_key: str, return_url: str, cancel_url: str, now: datetime) -> Acted:
    """Let an ended gift go on from its next regular day; nothing is taken before.

    Where no way to pay is kept that could be used, `Acted.url` is a page on which the donor gives one; `keep_method`
    then does the rest. Errors as `skip_next`; NotNow(DONOR_ONLY) when staff would have to type a card.
    """
    act = known_act(gift_id=gift_id, verb=ActVerb.RESTART, by=by, request_key=request_key)
    if act is not None:
        return carry_out(act_id=act.pk, do=do_restart, now=now)
    clear_the_way(gift_id=gift_id, now=now)
    gift = MonthlyGift.objects.get(pk=gift_id)
    check_possible(gift=gift, verb=ActVerb.RESTART, now=now)
    if gift.kind == MonthlyKind.BY_HAND:
        return restart_with(gift_id=gift_id, method_ref="", customer_ref="", by=by, request_key=request_key, now=now)
    method = usable_method(customer_ref=gift.customer_ref, now=now)
    if method is None:
        url = open_page(
            gift=gift,
            purpose=ActVerb.RESTART,
            by=by,
            request_key=request_key,
            return_url=return_url,
            cancel_url=cancel_url,
            now=now,
        )
        return Acted(act_id=None, state=ActState.REQUESTED, told=None, url=url)
    return restart_with(
        gift_id=gift_id,
        method_ref=method.ref,
        customer_ref=gift.customer_ref,
        by=by,
        request_key=request_key,
        now=now,
    )


@one_act
def restart_with(*, gift_id: int, method_ref: str, customer_ref: str, by: By, request_key: str, now: datetime) -> Acted:
    """The same with a way to pay that is named; by hand it needs none. Errors as `skip_next`."""
    act = known_act(gift_id=gift_id, verb=ActVerb.RESTART, by=by, request_key=request_key)
    if act is None:
        clear_the_way(gift_id=gift_id, now=now)
        gift = MonthlyGift.objects.get(pk=gift_id)
        check_possible(gift=gift, verb=ActVerb.RESTART, now=now)
        first_at = next_regular_at(gift=gift, terms=terms_of(gift_id=gift_id), now=now)
        act = commit_act(
            gift_id=gift_id,
            verb=ActVerb.RESTART,
            by=by,
            request_key=request_key,
            params={"first_at": first_at.isoformat(), "method_ref": method_ref, "customer_ref": customer_ref},
            now=now,
        )
    return carry_out(act_id=act.pk, do=do_restart, now=now)


def next_regular_at(*, gift: MonthlyGift, terms: MonthlyTerms, now: datetime) -> datetime:
    """The next day on which the gift would have been given had it never ended, at the hour of chosen days."""
    interval = Interval(terms.interval)
    if gift.kind == MonthlyKind.BY_HAND:
        last = MonthlyOccasion.objects.filter(gift=gift).order_by("due_on").last()
        if last is None:
            return first_charge_at(day=terms.day, after=now)
        after = max(warsaw_day(now), last.due_on)
        days = due_days(day=terms.day, interval=interval, first_on=last.due_on, after=after, count=1)
        return due_instant(day=days[0])
    anchors = MonthlySubscription.objects.filter(gift=gift).order_by("-pk").values_list("anchor_at", flat=True)
    anchor_at = anchors.first()
    if anchor_at is None:
        return first_charge_at(day=terms.day, after=now)
    for at in charge_times(anchor_at=anchor_at, interval=interval, after=now - timedelta(days=1), count=3):
        first_at = datetime.combine(at.astimezone(UTC).date(), time(FIRST_HOUR_UTC, tzinfo=UTC))
        if first_at > now and at > now:
            return first_at
    raise AssertionError("of three dates in a row one is always later")


def do_restart(run: Run) -> ReadBack:
    """What going on again is at the provider; by hand, in our own row."""
    params = run.act.params
    first_at = datetime.fromisoformat(params["first_at"])
    if not params["method_ref"]:
        return ReadBack(change=lambda gift: begin_by_hand(gift=gift, first_at=first_at, now=run.now))
    terms = terms_of(gift_id=run.gift.pk)
    created = create_subscription(
        run=run,
        terms=terms,
        customer_ref=params["customer_ref"],
        method_ref=params["method_ref"],
        first_at=first_at,
    )
    facts = current_provider().fetch_subscription(ref=created.ref)
    if (facts.amount_minor, facts.terms_ref) != (terms.gross_minor, str(terms.pk)):
        raise ReadBackDiffers
    # one that never began gets its first mail instead
    return ReadBack(facts=facts, change=_forget_the_end, quiet=run.gift.state != MonthlyState.CANCELLED)


def begin_by_hand(*, gift: MonthlyGift, first_at: datetime, now: datetime) -> None:
    """The gift is by hand and in order from now on, and due at `first_at`; the caller holds its lock."""
    move_monthly(gift=gift, to_state=MonthlyState.ACTIVE, because="begun again by hand", now=now)
    gift.kind, gift.next_charge_at = MonthlyKind.BY_HAND, first_at
    gift.cancelled_at, gift.cancel_reason = None, ""
    gift.began_at = gift.began_at or now
    gift.save(update_fields=["kind", "state", "next_charge_at", "cancelled_at", "cancel_reason", "began_at"])


def _forget_the_end(gift: MonthlyGift) -> None:
    gift.cancel_reason = ""
    gift.save(update_fields=["cancel_reason"])
