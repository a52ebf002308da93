"""The webhook inbox: verify, store once, acknowledge. Acting on it comes later."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from core.queue import enqueue
from donors import wrapping
from donors.crypto import Place
from payments import current_provider
from payments.models import EventState, ProviderEvent
from payments.provider import EventFacts, EventTopic, UntrustedMessage

LARGEST_BODY = 256 * 1024
BODY_KEPT_FOR = timedelta(days=30)


_FIELDS = [field for field in ProviderEvent._meta.concrete_fields if not field.primary_key]
_COLUMNS = ", ".join(field.column for field in _FIELDS)
_INSERT = (
    f"INSERT INTO {ProviderEvent._meta.db_table} ({_COLUMNS}) VALUES ({', '.join(['%s'] * len(_FIELDS))})"  # noqa: S608 -- of nothing but the model's own names
    " ON CONFLICT (ref) DO NOTHING RETURNING id"
)


@dataclass(frozen=True)
class Received:
    """What became of a webhook. `created` is False for one that we had already."""

    event_id: int
    created: bool


def receive_webhook(*, body: bytes, signature: str, now: datetime) -> Received:
    """Verify and store a webhook. Raises UntrustedMessage for junk of every kind, and nothing else for what is sent."""
    if len(body) > LARGEST_BODY:
        raise UntrustedMessage(reason="too_large")
    facts = current_provider().read_webhook(body=body, signature=signature, now=now)
    return store_event(facts=facts, body=body, origin="webhook", now=now)


def store_event(*, facts: EventFacts, body: bytes, origin: str, now: datetime) -> Received:
    """Store an event once, by the provider's id; hint a worker if there is something to do.

    The body is sealed, since a donor's name can stand in it, and forgotten after BODY_KEPT_FOR.
    """
    fresh = new_row(facts=facts, body=body, origin=origin, now=now)
    event_id = _insert(fresh)
    if event_id is None:
        known = ProviderEvent.objects.values_list("pk", flat=True).get(ref=facts.ref)
        return Received(event_id=known, created=False)
    if fresh.state == EventState.PENDING:
        enqueue("payments.process_event", event_id)
    return Received(event_id=event_id, created=True)


def _insert(row: ProviderEvent) -> int | None:
    """Store the row, unless its event is known already: then None. One statement, so one round trip, and no second
    caller can come in between; an acknowledgement waits for nothing else. (The ORM tells no id for ON CONFLICT.)"""
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in _FIELDS]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        inserted = cursor.fetchone()
    return None if inserted is None else int(inserted[0])


def new_row(*, facts: EventFacts, body: bytes, origin: str, now: datetime) -> ProviderEvent:
    """The row to be stored, its body sealed. Not stored yet."""
    ignored = facts.topic is EventTopic.NONE
    return ProviderEvent(
        ref=facts.ref,
        type=facts.type[:100],
        topic=facts.topic.value,
        object_ref=facts.object_ref[:100],
        livemode=facts.livemode,
        created_at=facts.created_at,
        received_at=now,
        origin=origin,
        body_sha256=hashlib.sha256(body).hexdigest() if body else "",
        sealed_body=_sealed(ref=facts.ref, body=body) if body else None,
        state=EventState.IGNORED if ignored else EventState.PENDING,
        ignored_because=facts.ignored_because,
        next_attempt_at=now,
        processed_at=now if ignored else None,
    )


def read_body(*, event: ProviderEvent) -> bytes | None:
    """The raw body as it came; None when it is forgotten, or was listed instead of sent."""
    if event.sealed_body is None:
        return None
    return wrapping.unwrap(wrapped=event.sealed_body, place=_place(event.ref))


def forget_bodies(*, now: datetime) -> int:
    """Forget bodies that nobody needs any more. Says how many."""
    old = ProviderEvent.objects.filter(sealed_body__isnull=False, received_at__lt=now - BODY_KEPT_FOR)
    return old.update(sealed_body=None)


def _sealed(*, ref: str, body: bytes) -> bytes:
    return wrapping.wrap(key=body, place=_place(ref))


def _place(ref: str) -> Place:
    """A ciphertext is bound to its event by the event's own id, since the row has none before it is stored."""
    row = int.from_bytes(hashlib.sha256(ref.encode()).digest()[:7])
    return Place(model="payments.providerevent", field="sealed_body", row=row)
