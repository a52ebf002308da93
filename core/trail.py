"""Writing and reading the trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core.models import TrailEntry, User


class ReasonMissing(ValueError):
    """An act on money without a reason. Expected: the form asks for one."""


def record(
    *, actor: User | None, act: str, subject: str, reason: str, now: datetime, facts: Mapping[str, Any] | None = None
) -> TrailEntry:
    """Adds one act to the trail. `subject` is "noun:id" ("allocation:12"). Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing(act)
    return TrailEntry.objects.create(
        actor=actor, act=act, subject=subject, reason=reason.strip(), at=now, facts=dict(facts or {})
    )


def trail_of(*, subject: str) -> QuerySet[TrailEntry]:
    """All acts on `subject`, oldest first, with their actors."""
    return TrailEntry.objects.filter(subject=subject).select_related("actor").order_by("id")
