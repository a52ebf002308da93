"""The queue of what staff have to look at: opened by what we find, closed by somebody, or by itself."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from core.models import User
from core.trail import record
from payments.models import MatterKind, StaffMatter


class MatterClosed(Exception):
    """Somebody was quicker, or it has settled by itself. To be expected."""

    def __init__(self, *, matter_id: int) -> None:
        self.matter_id = matter_id
        super().__init__(str(matter_id))


def open_matter(*, kind: MatterKind, subject: str, facts: Mapping[str, object], now: datetime) -> StaffMatter:
    """Put it in the queue, once. One that is open learns the newer facts; one that somebody closed stays closed."""
    StaffMatter.objects.bulk_create(
        [StaffMatter(kind=kind, subject=subject, facts=dict(facts), opened_at=now)], ignore_conflicts=True
    )
    waiting = StaffMatter.objects.filter(kind=kind, subject=subject, resolved_at__isnull=True)
    waiting.exclude(facts=dict(facts)).update(facts=dict(facts))
    return StaffMatter.objects.get(kind=kind, subject=subject)


def settle_matter(*, kind: MatterKind, subject: str, because: str, now: datetime) -> bool:
    """What it told of is no more: it leaves the queue by itself. Says whether it was there. `because` is for staff."""
    waiting = StaffMatter.objects.filter(kind=kind, subject=subject, resolved_at__isnull=True)
    return bool(waiting.update(resolved_at=now, resolution=because))


def resolve_matter(*, matter_id: int, reason: str, actor: User, now: datetime) -> StaffMatter:
    """Somebody has looked, and says what came of it. Raises MatterClosed, core.trail.ReasonMissing."""
    with transaction.atomic():
        matter = StaffMatter.objects.select_for_update().get(pk=matter_id)
        if matter.resolved_at is not None:
            raise MatterClosed(matter_id=matter_id)
        record(
            actor=actor,
            act="matter_resolved",
            subject=f"matter:{matter.pk}",
            reason=reason,
            now=now,
            facts={"kind": matter.kind, "subject": matter.subject},
        )
        matter.resolved_at, matter.resolved_by, matter.resolution = now, actor, reason.strip()
        matter.save(update_fields=["resolved_at", "resolved_by", "resolution"])
    return matter
