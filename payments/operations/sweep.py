"""The sweeper: each minute it finds what nobody picked up, whatever was lost on the way."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from core.queue import enqueue
from payments.models import Cursor, Donation, Refund, RefundState
from payments.operations.coalesce import hint_at_pending
from payments.operations.inbox import forget_bodies
from payments.operations.notices import refunds_to_tell, tell_staff, tell_staff_of_refund, unmatched_to_tell
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
CURSOR = "sweep"


@dataclass(frozen=True)
class Swept:
    """How much the sweeper found of each sort."""

    events: int
    donations: int
    refunds: int
    followers: int


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
    )
    _each(unmatched_to_tell(now=now), lambda pk: tell_staff(unmatched_id=pk, now=now), what="unmatched", now=now)
    _each(refunds_to_tell(now=now), lambda pk: tell_staff_of_refund(refund_id=pk, now=now), what="came back", now=now)
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
