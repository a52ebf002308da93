"""Evidence, its grades and its releases."""

from aid_packages.evidence.models.content import Content, ContentKey
from aid_packages.evidence.models.event import Event, EventKind, WithheldReason
from aid_packages.evidence.models.grade import GradeEvent
from aid_packages.evidence.models.item import Item, ItemKind, SubjectKind

__all__ = [
    "Content",
    "ContentKey",
    "Event",
    "EventKind",
    "GradeEvent",
    "Item",
    "ItemKind",
    "SubjectKind",
    "WithheldReason",
]
