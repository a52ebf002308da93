"""By itself, or by a mail each time: the same gift, given in another way."""

from datetime import datetime

from django.db import transaction

from payments import current_provider
from payments.models import MonthlyGift
from payments.monthly_calendar import due_days, warsaw_day
from payments.monthly_states import ActState, ActVerb, Interval, MonthlyKind
from payments.operations.monthly.acts import (
    Acted,
    By,
    NotNow,
    NotNowReason,
    check_possible,
    clear_the_way,
    commit_act,
    known_act,
    one_act,
    read_subscription,
    refuse_if_being_taken,
    refuse_if_charge_is_near,
)
from payments.operations.monthly.doing import NeverHappened, ReadBackDiffers, Run, carry_out
from payments.operations.monthly.method import open_page
from payments.operations.monthly.moves import lock_gift
from payments.operations.monthly.read_back import ReadBack
from payments.operations.monthly.replace import (
    create_subscription,
    end_subscription,
    note_end,
    pause,
    usable_method,
)
from payments.operations.monthly.restart import begin_by_hand
from payments.operations.monthly.trouble import drop_troubles
from payments.provider import ProviderRefused
from payments.queries.monthly_dates import due_instant, first_at_or_after
from payments.queries.monthly_terms import terms_of


@one_act
def switch_kind(
    *,
    gift_id: int,
    kind: MonthlyKind,
    by: By,
    request_key: str,
    return_url: str,
    cancel_url: str,
    now: datetime,
) -> Acted:
    """Give by itself from now on, or by a mail each time; the next gift falls on the day on which it was due anyway.

    To give by itself a way to pay is needed: where none is kept, `Acted.url` is a page on which the donor gives one, and
    `keep_method` does the rest. Errors as `skip_next`; NotNow(DONOR_ONLY) when staff would have to type a card.
    """
    act = known_act(gift_id=gift_id, verb=ActVerb.SWITCH_KIND, by=by, request_key=request_key)
    if act is not None:
        return carry_out(act_id=act.pk, do=do_switch, now=now)
    clear_the_way(gift_id=gift_id, now=now)
    gift = MonthlyGift.objects.get(pk=gift_id)
    check_possible(gift=gift, verb=ActVerb.SWITCH_KIND, now=now)
    if gift.kind == kind:
        raise NotNow(NotNowReason.NOTHING_CHANGES)
    if kind is MonthlyKind.BY_HAND:
        return _become_by_hand(gift_id=gift_id, by=by, request_key=request_key, now=now)
    method = usable_method(customer_ref=gift.customer_ref, now=now)
    if method is not None:
        return become_automatic(
            gift_id=gift_id,
            method_ref=method.ref,
            customer_ref=gift.customer_ref,
            by=by,
            request_key=request_key,
            now=now,
        )
    url = open_page(
        gift=gift,
        purpose=ActVerb.SWITCH_KIND,
        by=by,
        request_key=request_key,
        return_url=return_url,
        cancel_url=cancel_url,
        now=now,
    )
    return Acted(act_id=None, state=ActState.REQUESTED, told=None, url=url)


def become_automatic(
    *, gift_id: int, method_ref: str, customer_ref: str, by: By, request_key: str, now: datetime
) -> Acted:
    """Give by itself with a way to pay that is named. Errors as `skip_next`."""
    act = known_act(gift_id=gift_id, verb=ActVerb.SWITCH_KIND, by=by, request_key=request_key)
    if act is None:
        clear_the_way(gift_id=gift_id, now=now)
        gift = MonthlyGift.objects.get(pk=gift_id)
        check_possible(gift=gift, verb=ActVerb.SWITCH_KIND, now=now)
        if gift.kind != MonthlyKind.BY_HAND:
            raise NotNow(NotNowReason.NOTHING_CHANGES)
        due_at = gift.next_charge_at or now
        refuse_if_charge_is_near(charge_at=due_at, now=now, today=True)
        paused_until = gift.paused_until if gift.paused_until and gift.paused_until > now else None
        act = commit_act(
            gift_id=gift_id,
            verb=ActVerb.SWITCH_KIND,
            by=by,
            request_key=request_key,
            params={
                "to": MonthlyKind.AUTOMATIC.value,
                "first_at": first_at_or_after(day=terms_of(gift_id=gift_id).day, due_at=due_at, now=now).isoformat(),
                "method_ref": method_ref,
                "customer_ref": customer_ref,
                "paused_until": paused_until.isoformat() if paused_until else "",
            },
            now=now,
        )
    return carry_out(act_id=act.pk, do=do_switch, now=now)


def _become_by_hand(*, gift_id: int, by: By, request_key: str, now: datetime) -> Acted:
    gift, facts = read_subscription(gift_id=gift_id, verb=ActVerb.SWITCH_KIND, now=now)
    if facts is None:
        raise NotNow(NotNowReason.WRONG_STATE)
    refuse_if_being_taken(facts=facts, now=now)
    refuse_if_charge_is_near(charge_at=facts.period_end, now=now, today=True)
    day = terms_of(gift_id=gift.pk).day
    act = commit_act(
        gift_id=gift_id,
        verb=ActVerb.SWITCH_KIND,
        by=by,
        request_key=request_key,
        params={
            "to": MonthlyKind.BY_HAND.value,
            "ref": facts.ref,
            "first_at": first_at_or_after(day=day, due_at=facts.period_end, now=now).isoformat(),
            "paused_until": facts.resumes_at.isoformat() if facts.paused and facts.resumes_at else "",
        },
        now=now,
    )
    return carry_out(act_id=act.pk, do=do_switch, now=now)


def do_switch(run: Run) -> ReadBack:
    """What a switch is at the provider: an end, or a beginning."""
    return _do_by_hand(run) if run.act.params["to"] == MonthlyKind.BY_HAND else _do_automatic(run)


def _do_by_hand(run: Run) -> ReadBack:
    params = run.act.params
    # from now on the subscription is not the gift's means, so that its end isn't taken for the gift's
    _set_subscription(gift_id=run.gift.pk, ref=None)
    try:
        ended = end_subscription(run=run, ref=params["ref"])
    except (ProviderRefused, NeverHappened):
        if not run.done:
            _set_subscription(gift_id=run.gift.pk, ref=params["ref"])
        raise
    paused_until = datetime.fromisoformat(params["paused_until"]) if params["paused_until"] else None

    def change(gift: MonthlyGift) -> None:
        note_end(facts=ended, now=run.now)
        begin_by_hand(gift=gift, first_at=_still_to_come(run), now=run.now)
        gift.paused_until, gift.method_ref, gift.method_kind, gift.method_expires = paused_until, "", "", None
        gift.save(update_fields=["paused_until", "method_ref", "method_kind", "method_expires"])
        drop_troubles(gift=gift, now=run.now)

    return ReadBack(change=change)


def _still_to_come(run: Run) -> datetime:
    """The first due day by hand. One that has passed while nobody answered was the old subscription's to take."""
    first_at = datetime.fromisoformat(run.act.params["first_at"])
    if first_at > run.now:
        return first_at
    terms = terms_of(gift_id=run.gift.pk)
    today, first_on = warsaw_day(run.now), warsaw_day(first_at)
    later = due_days(day=terms.day, interval=Interval(terms.interval), first_on=first_on, after=today, count=1)
    return due_instant(day=later[0])


def _do_automatic(run: Run) -> ReadBack:
    params = run.act.params
    terms = terms_of(gift_id=run.gift.pk)
    created = create_subscription(
        run=run,
        terms=terms,
        customer_ref=params["customer_ref"],
        method_ref=params["method_ref"],
        first_at=datetime.fromisoformat(params["first_at"]),
    )
    if params["paused_until"]:
        pause(run=run, step="pause_new", ref=created.ref, resumes_at=datetime.fromisoformat(params["paused_until"]))
    facts = current_provider().fetch_subscription(ref=created.ref)
    if (facts.amount_minor, facts.terms_ref) != (terms.gross_minor, str(terms.pk)):
        raise ReadBackDiffers
    return ReadBack(facts=facts, change=_be_automatic)


def _be_automatic(gift: MonthlyGift) -> None:
    gift.kind = MonthlyKind.AUTOMATIC
    gift.save(update_fields=["kind"])


def _set_subscription(*, gift_id: int, ref: str | None) -> None:
    with transaction.atomic():
        gift = lock_gift(gift_id=gift_id)
        gift.subscription_ref = ref
        gift.save(update_fields=["subscription_ref"])
