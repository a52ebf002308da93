"""Closing an act: what the provider says afterwards is mirrored, kept with the act, noted in the trail and mailed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from core.trail import record
from donors.models import MailKind
from donors.operations import queue_mail
from payments.models import MonthlyAct, MonthlyGift, MonthlyTerms
from payments.monthly_calendar import warsaw_day
from payments.monthly_states import ENDED, ActState, ActVerb, Interval, MonthlyState
from payments.monthly_told import Told
from payments.operations.monthly.acts import Acted, acted
from payments.operations.monthly.follow import mirror_subscription
from payments.operations.monthly.moves import lock_gift
from payments.provider import SubscriptionFacts
from payments.queries.links import manage_url
from payments.queries.monthly_dates import anchor_of, next_dates, skipped_day
from payments.queries.monthly_terms import terms_of

OWN_WISH = "the donor's own wish"
"""What stands in the trail where a donor gave no reason: nobody has to."""
NOT_DONE = "not_done"
"""What a mail says of an act that was in doubt and turned out not to have happened."""


@dataclass(frozen=True)
class ReadBack:
    """What an act ended in: the subscription as fetched after it (None by hand), and what else our rows must say.

    `change` is called with the locked gift before the facts are mirrored, in the same database transaction, and saves.
    `quiet`: nothing changed, or another mail says it, so nobody is mailed.
    """

    facts: SubscriptionFacts | None = None
    change: Callable[[MonthlyGift], None] | None = None
    quiet: bool = False


def confirm(*, act_id: int, read: ReadBack, now: datetime) -> Acted:
    """Close an act as done, in one database transaction. One that is closed already stays as it is."""
    with transaction.atomic():
        gift, act = _locked(act_id)
        if act.state in (ActState.CONFIRMED, ActState.REFUSED):
            return acted(act)
        if read.change is not None:
            read.change(gift)
        if read.facts is not None:
            mirror_subscription(gift=gift, facts=read.facts, now=now)
        terms = act.terms or terms_of(gift_id=gift.pk)
        told = told_of(gift=gift, terms=terms, facts=read.facts, skipped=act.verb == ActVerb.SKIP, now=now)
        act.state, act.told, act.closed_at, act.failure_kind = ActState.CONFIRMED, told.as_json(), now, ""
        act.save(update_fields=["state", "told", "closed_at", "failure_kind"])
        _note(act=act, facts=told.as_json(), now=now)
        if not read.quiet:
            _mail(act=act, gift=gift, terms=terms, told=told, what=act.params.get("what", act.verb), now=now)
    return acted(act)


def refuse(*, act_id: int, failure_kind: str, now: datetime) -> Acted:
    """Close an act as not done. A donor who was told that it is in doubt is told by mail how things stand."""
    with transaction.atomic():
        gift, act = _locked(act_id)
        if act.state in (ActState.CONFIRMED, ActState.REFUSED):
            return acted(act)
        in_doubt = act.state == ActState.UNKNOWN
        act.state, act.closed_at, act.failure_kind = ActState.REFUSED, now, failure_kind[:24]
        act.save(update_fields=["state", "closed_at", "failure_kind"])
        _note(act=act, facts={"refused": failure_kind}, now=now)
        if in_doubt and gift.state not in ENDED:
            terms = terms_of(gift_id=gift.pk)
            told = told_of(gift=gift, terms=terms, facts=None, skipped=False, now=now)
            _mail(act=act, gift=gift, terms=terms, told=told, what=NOT_DONE, now=now)
    return acted(act)


def told_of(
    *, gift: MonthlyGift, terms: MonthlyTerms, facts: SubscriptionFacts | None, skipped: bool, now: datetime
) -> Told:
    """A gift as its facts say; `gift` has been mirrored from them. Without facts, as our own row stands."""
    paused = gift.paused_until if gift.paused_until is not None and gift.paused_until > now else None
    return Told(
        sum_minor=terms.gross_minor if facts is None else facts.amount_minor,
        currency=gift.currency if facts is None else facts.currency,
        interval=Interval(terms.interval if facts is None else facts.recurrence.value),
        next_dates=next_dates(
            gift=gift, terms=terms, anchor_at=anchor_of(gift=gift) if facts is None else facts.anchor_at, now=now
        ),
        paused_until=warsaw_day(paused) if paused is not None and not skipped else None,
        skipped_on=skipped_day(paused_until=paused) if paused is not None and skipped else None,
        state=MonthlyState(gift.state),
    )


def _locked(act_id: int) -> tuple[MonthlyGift, MonthlyAct]:
    gift_id = MonthlyAct.objects.values_list("gift_id", flat=True).get(pk=act_id)
    gift = lock_gift(gift_id=gift_id)
    act = MonthlyAct.objects.select_for_update(of=("self",)).select_related("actor", "terms").get(pk=act_id)
    return gift, act


def _note(*, act: MonthlyAct, facts: dict[str, Any], now: datetime) -> None:
    record(
        actor=act.actor,
        act=f"monthly.{act.verb}",
        subject=str(act.gift),
        reason=act.reason or OWN_WISH,
        now=now,
        facts={"monthly_act": act.pk, **facts},
    )


def _mail(*, act: MonthlyAct, gift: MonthlyGift, terms: MonthlyTerms, told: Told, what: str, now: datetime) -> None:
    if told.state in ENDED:
        kind = MailKind.MONTHLY_ENDED
        context: dict[str, Any] = {
            "reason": act.params.get("ending", ""),
            "currency": told.currency,
            "sum_minor": told.sum_minor,
            "ended_on": warsaw_day(gift.cancelled_at or now).isoformat(),
        }
    else:
        kind = MailKind.MONTHLY_CHANGED
        context = {
            "what": what,
            "sum_minor": told.sum_minor,
            "currency": told.currency,
            "cover_fee_minor": terms.cover_fee_minor,
            "interval": told.interval.value,
            "next_dates": [day.isoformat() for day in told.next_dates],
            "paused_until": told.paused_until.isoformat() if told.paused_until else "",
            "lines": [
                {"title": line.title, "quantity": line.quantity, "unit_minor": line.unit_minor}
                for line in terms.lines.order_by("position")
            ],
        }
    queue_mail(
        donor_id=gift.donor_id,
        kind=kind,
        key=f"monthly_act:{act.pk}",
        language=gift.language,
        context={**context, "manage_url": manage_url(gift=gift)},
        now=now,
    )
