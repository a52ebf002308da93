"""Evidence that was erased, in the log of erasures: a restored copy holds its key again, and this destroys it again.

A line is the item's random name, why it was erased and when. The name is its public address and says nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from aid_packages.evidence.models import ContentKey, Event, EventKind, Item, WithheldReason
from core.trail import record
from donors.operations import OtherErasures, register_erasures
from ledger.operations import hold_for_posting

FIELD = "evidence"


def lines() -> Iterator[dict[str, Any]]:
    """Every erasure of evidence, in the order of its events."""
    erased = Event.objects.filter(kind=EventKind.ERASED).select_related("item").order_by("pk")
    for event in erased:
        yield {FIELD: event.item.token, "why": event.reason, "at": event.at.isoformat()}


def check(line: Mapping[str, Any]) -> None:
    """Raises ValueError, KeyError or TypeError for a line that is no erasure of evidence."""
    _read(line)


@transaction.atomic
def apply(line: Mapping[str, Any]) -> str:
    """Destroys the item's key as of then; nobody stands as its actor, since a restored copy may not know them.

    Gives "erased", "already" or "unknown".
    """
    token, why, at = _read(line)
    hold_for_posting()
    item = Item.objects.filter(token=token).first()
    if item is None:
        return "unknown"
    list(ContentKey.objects.select_for_update().filter(item=item))
    if Event.objects.filter(item=item).latest("id").kind == EventKind.ERASED:
        return "already"
    Event.objects.create(item=item, kind=EventKind.ERASED, reason=why, actor=None, at=at)
    ContentKey.objects.filter(item=item).delete()
    facts = {"why": why.value, "from": "the log of erasures"}
    reason = "erased before the copy that was restored"
    record(actor=None, act="evidence.erased", subject=str(item), reason=reason, now=at, facts=facts)
    return "erased"


def register() -> None:
    """Makes erased evidence a part of the log."""
    register_erasures(OtherErasures(field=FIELD, lines=lines, check=check, apply=apply))


def _read(line: Mapping[str, Any]) -> tuple[str, WithheldReason, datetime]:
    at = datetime.fromisoformat(line["at"])
    if at.tzinfo is None or not isinstance(line[FIELD], str):
        raise ValueError(line)
    return line[FIELD], WithheldReason(line["why"]), at
