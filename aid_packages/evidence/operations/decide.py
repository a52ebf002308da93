"""Releasing, withholding and erasing evidence."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from aid_packages.evidence.checklist import Look
from aid_packages.evidence.models import ContentKey, Event, EventKind, Item, WithheldReason
from aid_packages.evidence.subjects import find_subject
from aid_packages.operations.refusals import WrongState, require_another, require_no_part, require_reason
from core.models import User
from core.queue import enqueue
from core.trail import record
from ledger.operations import hold_for_posting

MOVES: dict[EventKind, frozenset[EventKind]] = {
    EventKind.TAKEN_IN: frozenset({EventKind.RELEASED, EventKind.WITHHELD, EventKind.ERASED}),
    EventKind.RELEASED: frozenset({EventKind.WITHHELD, EventKind.ERASED}),
    EventKind.WITHHELD: frozenset({EventKind.RELEASED, EventKind.WITHHELD, EventKind.ERASED}),
    EventKind.ERASED: frozenset(),
}
"""The transition table: what may follow an event."""


class NotLookedFor(ValueError):
    """A release without every line of the checklist. Expected. `missing` names them."""

    def __init__(self, *, missing: Collection[Look]) -> None:
        super().__init__(", ".join(sorted(missing)))
        self.missing = tuple(missing)


@transaction.atomic
def release(*, item_id: int, looked_for: Collection[Look], actor: User, reason: str, now: datetime) -> Event:
    """Lets it be shown, late and coarse. Another person than who put it in, with no part in the partner.

    A second call by the same person changes nothing. Raises SamePerson, PartOfPartner, NotLookedFor, WrongState,
    ReasonMissing, Item.DoesNotExist.
    """
    reason = require_reason(reason)
    item, last = _lock(item_id)
    if last.kind == EventKind.RELEASED and last.actor_id == actor.pk:
        return last
    require_another(subject=str(item), prepared_by_id=item.uploaded_by_id, actor=actor)
    subject = find_subject(kind=item.subject_kind, subject_id=item.subject_id, now=now)
    require_no_part(partner=subject.partner, actor=actor, now=now)
    missing = [look for look in Look if look not in looked_for]
    if missing:
        raise NotLookedFor(missing=missing)
    return _add(
        item, last, EventKind.RELEASED, actor=actor, reason=reason, now=now, checklist=[look.value for look in Look]
    )


@transaction.atomic
def withhold(*, item_id: int, why: WithheldReason, actor: User, reason: str, now: datetime) -> Event:
    """Keeps it from being shown, or takes a release back at once; it is counted with `why`. Anyone on the desk may.

    Raises WrongState, ReasonMissing, Item.DoesNotExist.
    """
    reason = require_reason(reason)
    item, last = _lock(item_id)
    if (last.kind, last.reason) == (EventKind.WITHHELD, why):
        return last
    return _add(item, last, EventKind.WITHHELD, actor=actor, reason=reason, now=now, why=why)


@transaction.atomic
def erase(*, item_id: int, why: WithheldReason, actor: User, reason: str, now: datetime) -> Event:
    """Destroys its key: nobody can read it any more. That it was there, and why it isn't shown, stays counted.

    Raises WrongState, ReasonMissing, Item.DoesNotExist.
    """
    reason = require_reason(reason)
    item, last = _lock(item_id)
    if last.kind == EventKind.ERASED:
        return last
    event = _add(item, last, EventKind.ERASED, actor=actor, reason=reason, now=now, why=why)
    ContentKey.objects.filter(item=item).delete()
    enqueue("donors.export_erasures")
    return event


def _lock(item_id: int) -> tuple[Item, Event]:
    """The item and its last event. Its key's row is held until the database transaction ends; an erased one has none."""
    hold_for_posting()
    list(ContentKey.objects.select_for_update().filter(item_id=item_id))
    item = Item.objects.get(pk=item_id)
    return item, Event.objects.filter(item=item).latest("id")


def _add(
    item: Item,
    last: Event,
    kind: EventKind,
    *,
    actor: User,
    reason: str,
    now: datetime,
    why: WithheldReason | None = None,
    checklist: list[str] | None = None,
) -> Event:
    if kind not in MOVES[EventKind(last.kind)]:
        raise WrongState(subject=str(item), state=last.kind)
    event = Event.objects.create(item=item, kind=kind, reason=why or "", checklist=checklist or [], actor=actor, at=now)
    facts = {"why": why.value} if why else {"looked_for": checklist or []}
    record(actor=actor, act=f"evidence.{kind.value}", subject=str(item), reason=reason, now=now, facts=facts)
    return event
