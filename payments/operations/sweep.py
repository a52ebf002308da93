"""The sweeper: each minute it finds what nobody picked up, whatever was lost on the way."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from core.queue import enqueue
from payments.models import Cursor, Donation, MonthlyGift, Refund, RefundState
from payments.monthly_states import LIVE, MonthlyKind, MonthlyState
from payments.operations.coalesce import hint_at_pending
from payments.operations.disputes import acts_without_answer, carry_out_act
from payments.operations.inbox import forget_bodies
from payments.operations.late import late_charges, look_at_charge
from payments.operations.monthly.follow import settle_monthly
from payments.operations.monthly.resolve import acts_in_doubt, resolve_act
from payments.operations.notices import (
    matters_to_tell,
    refunds_to_tell,
    tell_staff,
    tell_staff_of_matter,
    tell_staff_of_refund,
    unmatched_to_tell,
)
from payments.operations.refund import carry_out
from payments.operations.settle import settle
from payments.operations.transitions import FOLLOWERS
from payments.provider import ProviderError
from payments.queries.transitions import followers_behind
from payments.states import DonationState

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200
DRAFT_IN_DOUBT_AFTER = timedelta(minutes=2)
LOOK_AGAIN_AFTER = timedelta(minutes=15)
OVERDUE_AFTER = timedelta(hours=2)
"""A renewal is made about an hour before it is taken; then its notice never came, or the provider is late."""
OVERDUE_LOOKED_AT_AGAIN_AFTER = timedelta(hours=4)
CURSOR = "sweep"


@dataclass(frozen=True)
class Swept:
    """How much the sweeper found of each sort."""

    events: int
    donations: int
    refunds: int
    followers: int
    monthly: int = 0
    acts: int = 0


def sweep(*, now: datetime) -> Swept:
    """Hint at events and moves that nobody has picked up, and look again at donations and refunds in doubt.

    Called outside any database transaction. A provider that is down is left for the next minute.
    """
    found = Swept(
        events=hint_at_pending(now=now),
        donations=_each(
            donations_in_doubt(now=now), lambda pk: settle(donation_id=pk, now=now), what="donation", now=now
        ),
        refunds=_each(refunds_in_doubt(now=now), lambda pk: carry_out(refund_id=pk, now=now), what="refund", now=now),
        followers=_hint_at_moves(),
        monthly=_each(monthly_in_doubt(now=now), lambda pk: look_at_monthly(pk, now), what="monthly gift", now=now),
        acts=_each(acts_in_doubt(now=now), lambda pk: resolve_act(act_id=pk, now=now), what="act", now=now),
    )
    _each(late_charges(now=now), lambda pk: look_at_charge(charge_id=pk, now=now), what="charge", now=now)
    answers = acts_without_answer(now=now, older_than=DRAFT_IN_DOUBT_AFTER)
    _each(answers, lambda pk: carry_out_act(act_id=pk, now=now), what="dispute", now=now)
    _each(unmatched_to_tell(now=now), lambda pk: tell_staff(unmatched_id=pk, now=now), what="unmatched", now=now)
    _each(refunds_to_tell(now=now), lambda pk: tell_staff_of_refund(refund_id=pk, now=now), what="came back", now=now)
    _each(matters_to_tell(now=now), lambda pk: tell_staff_of_matter(matter_id=pk, now=now), what="matter", now=now)
    forget_bodies(now=now)
    Cursor.objects.update_or_create(name=CURSOR, defaults={"moved_at": now})
    return found


def donations_in_doubt(*, now: datetime) -> list[int]:
    """Drafts without an answer, pages past their time, and payments on their way: ids, longest unseen first.

    A donation whose money came and could not be placed waits for staff, not for the provider.
    """
    rested = Q(looked_at__isnull=True) | Q(looked_at__lt=now - LOOK_AGAIN_AFTER)
    doubtful = (
        Q(state=DonationState.DRAFT, created_at__lt=now - DRAFT_IN_DOUBT_AFTER)
        | Q(state=DonationState.CHECKOUT_OPEN, checkout_expires_at__lt=now)
        | Q(state=DonationState.PROCESSING)
    )
    found = Donation.objects.filter(rested & doubtful).exclude(charges__unmatched__isnull=False)
    return list(found.order_by("looked_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def monthly_in_doubt(*, now: datetime) -> list[int]:
    """Monthly gifts without an answer, on pages past their time, with a first payment that waits, or whose renewal is
    overdue: ids, longest unseen first. What the provider has said of all others is known."""
    rested = Q(looked_at__isnull=True) | Q(looked_at__lt=now - LOOK_AGAIN_AFTER)
    not_begun = MonthlyGift.objects.filter(
        rested,
        Q(state=MonthlyState.DRAFT, created_at__lt=now - DRAFT_IN_DOUBT_AFTER)
        | Q(state=MonthlyState.CHECKOUT_OPEN, checkout_expires_at__lt=now)
        | Q(state=MonthlyState.INCOMPLETE),
    )
    overdue = MonthlyGift.objects.filter(
        Q(looked_at__isnull=True) | Q(looked_at__lt=now - OVERDUE_LOOKED_AT_AGAIN_AFTER),
        kind=MonthlyKind.AUTOMATIC,
        state__in=LIVE,
        next_charge_at__lt=now - OVERDUE_AFTER,
    )
    found = [*not_begun.order_by("looked_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE]]
    found += overdue.order_by("next_charge_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE]
    return found


def look_at_monthly(gift_id: int, now: datetime) -> None:
    """Settle one, and let it rest whatever comes of that."""
    try:
        settle_monthly(gift_id=gift_id, now=now)
    finally:
        MonthlyGift.objects.filter(pk=gift_id).update(looked_at=now)


def refunds_in_doubt(*, now: datetime) -> list[int]:
    """Refunds that were asked for without an answer, and that nobody is asking for at this moment: ids."""
    waiting = Refund.objects.filter(state=RefundState.REQUESTED, requested_at__lt=now - DRAFT_IN_DOUBT_AFTER)
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def _each(ids: Iterable[int], act: Callable[[int], object], *, what: str, now: datetime) -> int:
    """Act on each; one that fails does not keep the others waiting."""
    done = 0
    for pk in ids:
        try:
            act(pk)
        except ProviderError as error:
            logger.warning("still_in_doubt", extra={"what": what, "id": pk, "kind": error.kind.value})
        except Exception:
            logger.exception("sweep_failed", extra={"what": what, "id": pk})
        done += 1
        if what == "donation":
            Donation.objects.filter(pk=pk).update(looked_at=now)
    return done


def _hint_at_moves() -> int:
    hinted = 0
    for task in FOLLOWERS:
        for donation_id in followers_behind(task=task, limit=MOST_AT_ONCE):
            enqueue(task, donation_id)
            hinted += 1
    return hinted
