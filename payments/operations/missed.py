"""Events that no webhook brought: asked for each hour, stored in the same inbox."""

from datetime import datetime, timedelta

from payments import current_provider
from payments.failures import FailureKind
from payments.models import Cursor
from payments.operations.asking import outside_database_transaction
from payments.operations.inbox import store_event
from payments.provider import EventFacts, ProviderRefused

CURSOR = "undelivered_events"
PROVIDER_KEEPS_FOR = timedelta(days=25)
"""The provider lists events for 30 days; a cursor older than this could name one that is gone."""


def fetch_missed_events(*, now: datetime) -> int:
    """Store what the provider could not deliver since the last reading. Says how many were new.

    Called outside any database transaction. Raises ProviderUnavailable, ProviderRefused.
    """
    outside_database_transaction()
    cursor = Cursor.objects.filter(name=CURSOR).first()
    after = cursor.value if cursor is not None and now - cursor.moved_at < PROVIDER_KEEPS_FOR else ""
    new = 0
    newest = after
    for facts in _undelivered(after=after):
        new += store_event(facts=facts, body=b"", origin="listing", now=now).created
        newest = facts.ref
    Cursor.objects.update_or_create(name=CURSOR, defaults={"value": newest, "moved_at": now})
    return new


def _undelivered(*, after: str) -> list[EventFacts]:
    """All of them before any is stored: an event that a broken listing would skip must not move the cursor."""
    try:
        return list(current_provider().list_undelivered_events(after=after))
    except ProviderRefused as error:
        if not after or error.kind is not FailureKind.NOT_FOUND:
            raise
        return list(current_provider().list_undelivered_events(after=""))
