"""Many notices of one object, one look at it: whoever claims the object closes them all with a single fetch.

A notice is only a trigger, so what it asks for is done by any fetch that begins after it was stored. The claim is a lock of
the database session (PostgreSQL's advisory lock), not of a row: it has to last while the provider is asked, and that happens
outside any database transaction. A worker that dies gives it back by dying.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.models import Case, Q, QuerySet, Value, When

from core.queue import enqueue
from payments.models import Charge, EventState, ProviderEvent, RenewalTrouble
from payments.provider import EventTopic
from payments.queries.monthly_rows import OPEN_TROUBLE
from payments.states import RECEIVED

MOST_HINTS = 20_000
"""How many notices a sweep wakes. A hundred thousand whose hints were lost are all woken within six minutes."""
PICKED_UP_WITHIN = timedelta(minutes=1)
WOKEN_AGAIN_AFTER = timedelta(minutes=5)

SETTLE_MOST = (EventTopic.CHECKOUT.value, EventTopic.INVOICE.value)
"""What brings a gift with its payment and charge: looked at first, so that notices of those find it booked."""
CLAIM = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
GIVE_BACK = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"

Act = Callable[[tuple[int, ...]], EventState]


def for_the_whole_object(*, event: ProviderEvent, act: Act) -> EventState:
    """Call `act` with the ids of all notices of the event's object that were pending before it began; say what it says.

    PENDING, with nothing done, when another worker is at the object: it wakes what came too late for its own fetch.
    Called outside any database transaction.
    """
    with _claimed(event=event) as granted:
        if not granted:
            return EventState.PENDING
        # exactly these rows, seen before the fetch: what is stored while it runs may tell of a newer state
        ids = tuple(_pending(event=event).values_list("pk", flat=True))
        state = act(ids) if ids else _state_now(event=event)
    _wake_late_comers(event=event, seen=ids)
    return state


def known_charges() -> QuerySet[Charge]:
    """Charges that stand in the books with their fee, as gifts that were received: notices of them and of their payments
    say nothing new, for refunds have notices of their own. It spares four requests for each renewal."""
    return Charge.objects.filter(booked_minor__isnull=False, movement__isnull=False, donation__state__in=RECEIVED)


def close_known(*, now: datetime) -> int:
    """Close notices that nobody has picked up of gifts that stand in the books, as acting on each would: nothing is asked
    and nothing is done. Of a backlog these are the most, and one statement closes them. Says how many."""
    booked = known_charges()
    troubled = RenewalTrouble.objects.filter(state__in=OPEN_TROUBLE).values("invoice_ref")
    known = (
        Q(topic=EventTopic.CHARGE.value, object_ref__in=booked.values("ref"))
        | Q(topic=EventTopic.PAYMENT.value, object_ref__in=booked.values("payment_ref"))
        | Q(
            topic=EventTopic.INVOICE.value,
            object_ref__in=booked.filter(donation__invoice_ref__isnull=False).values("donation__invoice_ref"),
        )
        & ~Q(object_ref__in=troubled)
    )
    waiting = ProviderEvent.objects.filter(state=EventState.PENDING, received_at__lte=now - PICKED_UP_WITHIN)
    return waiting.filter(known).update(state=EventState.PROCESSED, processed_at=now, last_error="")


def hint_at_pending(*, now: datetime) -> int:
    """Hint at notices that nobody has picked up, once for each object. Says how many hints there were.

    They are moved to the end of the line, so that the next sweep wakes others instead of the same ones again.
    """
    close_known(now=now)
    due = ProviderEvent.objects.filter(
        state=EventState.PENDING, next_attempt_at__lte=now, received_at__lte=now - PICKED_UP_WITHIN
    )
    bring_most_first = Case(When(topic__in=SETTLE_MOST, then=Value(0)), default=Value(1))
    in_order = due.order_by(bring_most_first, "next_attempt_at", "pk")
    found = list(in_order.values_list("pk", "topic", "object_ref")[:MOST_HINTS])
    one_of_each: dict[tuple[str, str], int] = {}
    for pk, topic, object_ref in found:
        one_of_each.setdefault((topic, object_ref), pk)
    ProviderEvent.objects.filter(pk__in=[pk for pk, *_ in found], state=EventState.PENDING).update(
        next_attempt_at=now + WOKEN_AGAIN_AFTER
    )
    for pk in one_of_each.values():
        enqueue("payments.process_event", pk)
    return len(one_of_each)


def _wake_late_comers(*, event: ProviderEvent, seen: tuple[int, ...]) -> None:
    """After the claim is given back: a worker that met it before then has left its notice to us, and the notice was
    stored before that, so it is found here. (Looked for any earlier, one could slip through.)"""
    late = _pending(event=event).exclude(pk__in=seen).values_list("pk", flat=True).first()
    if late is not None:
        enqueue("payments.process_event", late)


def _pending(*, event: ProviderEvent) -> QuerySet[ProviderEvent]:
    return ProviderEvent.objects.filter(
        state=EventState.PENDING, object_ref=event.object_ref, topic=event.topic
    ).order_by("pk")


def _state_now(*, event: ProviderEvent) -> EventState:
    return EventState(ProviderEvent.objects.values_list("state", flat=True).get(pk=event.pk))


@contextmanager
def _claimed(*, event: ProviderEvent) -> Iterator[bool]:
    """Whether this database session may act on the object now. Two objects of the same hash only wait for each other."""
    name = f"notices:{event.topic}:{event.object_ref}"
    granted = _ask(CLAIM, name)
    try:
        yield granted
    finally:
        if granted:
            try:
                _ask(GIVE_BACK, name)
            except DatabaseError:
                # a session that can't be asked is ended: that gives everything back
                connection.close()


def _ask(sql: str, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [name])
        return bool(cursor.fetchone()[0])
