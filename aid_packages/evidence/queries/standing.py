"""Where pieces of evidence stand: their last events."""

from collections.abc import Iterable

from django.db.models import Count, OuterRef, QuerySet, Subquery

from aid_packages.evidence.models import Event, EventKind, GradeEvent, Item, SubjectKind


def last_events(*, item_ids: Iterable[int]) -> dict[int, Event]:
    """Item id -> its last event. One query."""
    events = Event.objects.filter(item_id__in=item_ids).order_by("item_id", "-id").distinct("item_id")
    return {event.item_id: event for event in events}


def standing_items() -> QuerySet[Item]:
    """Items with `standing`, `why` and `since`: kind, reason and time of their last event."""
    last = Event.objects.filter(item=OuterRef("pk")).order_by("-id")
    kind, reason, at = (Subquery(last.values(field)[:1]) for field in ("kind", "reason", "at"))
    return Item.objects.annotate(standing=kind, why=reason, since=at)


def items_of(*, subject_kind: SubjectKind, subject_id: int) -> list[Item]:
    """The evidence of a document, delivery or grant, the oldest first, with `standing` and `why`. One query."""
    found = standing_items().filter(subject_kind=subject_kind, subject_id=subject_id)
    return list(found.select_related("uploaded_by").order_by("pk"))


def counts_of(*, subject_kind: SubjectKind, subject_ids: Iterable[int]) -> dict[int, int]:
    """Subject id -> how many pieces of evidence belong to it; nothing for one without any. One query."""
    found = Item.objects.filter(subject_kind=subject_kind, subject_id__in=list(subject_ids)).order_by()
    return dict(found.values_list("subject_id").annotate(number=Count("pk")))


def waiting_for_release(*, limit: int) -> list[Item]:
    """What nobody but its uploader has looked at, the oldest first. One query."""
    found = standing_items().filter(standing=EventKind.TAKEN_IN).select_related("uploaded_by")
    return list(found.order_by("pk")[:limit])


def grades_of(*, subject_kind: SubjectKind, subject_id: int) -> list[GradeEvent]:
    """The grades given since it was accepted, the newest first: that one holds. One query."""
    return list(GradeEvent.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-pk"))
