"""Evidence for tests: small pictures, taken in by Ada and released by Bartek."""

import io
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone
from PIL import Image

from aid_packages.evidence.checklist import Look
from aid_packages.evidence.models import Event, Item, ItemKind, SubjectKind, WithheldReason
from aid_packages.evidence.operations import release, take_in
from core.models import User
from tests.factories.aid_packages import make_staff
from tests.factories.time import NOW


def picture(*, form: str = "JPEG", mode: str = "RGB", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """A picture with something in it."""
    noise = Image.effect_noise(size, 60)
    file = io.BytesIO()
    noise.convert(mode).save(file, form, **options)
    return file.getvalue()


def taken_in(
    subject_id: int,
    *,
    subject_kind: SubjectKind = SubjectKind.DOCUMENT,
    actor: User | None = None,
    now: datetime = NOW,
    **changed: Any,
) -> Item:
    """A photograph of a document or delivery, put in by Ada and withheld for safety."""
    asked: dict[str, Any] = {
        "kind": ItemKind.PHOTO,
        "title": "Sleeping bags in the store",
        "content": picture(),
        "withheld_for": WithheldReason.SAFETY,
        "reason": "sent by the partner",
        "request_key": f"evidence:{uuid4()}",
    }
    return take_in(
        subject_kind=subject_kind,
        subject_id=subject_id,
        actor=actor or make_staff("ada"),
        now=now,
        **{**asked, **changed},
    )


def released(item: Item, *, now: datetime = NOW, actor: User | None = None) -> Event:
    """The item, released by Bartek with the whole checklist."""
    return release(
        item_id=item.pk, looked_for=set(Look), actor=actor or make_staff("bartek"), reason="nothing in it", now=now
    )


def shown_to_all(subject_id: int, **changed: Any) -> Item:
    """A piece of evidence that anybody may see today."""
    long_ago = timezone.now() - timedelta(days=40)
    item = taken_in(subject_id, now=long_ago, **changed)
    released(item, now=long_ago)
    return item
