"""Taking evidence in: made anew from its pixels, encrypted, and withheld until a second person has looked."""

import secrets
from datetime import datetime

from django.db import transaction

from aid_packages.evidence import vault
from aid_packages.evidence.encode import Made, made_anew
from aid_packages.evidence.models import Event, EventKind, Item, ItemKind, SubjectKind, WithheldReason
from aid_packages.evidence.subjects import find_subject
from aid_packages.operations.refusals import require_reason, same_or_refuse
from core.models import User
from core.text import clean_line
from core.trail import record
from ledger.operations import hold_for_posting

TOKEN_BYTES = 24


class TitleMissing(ValueError):
    """Evidence without a title. Expected: the form asks for one."""


def take_in(
    *,
    subject_kind: SubjectKind,
    subject_id: int,
    kind: ItemKind,
    title: str,
    content: bytes,
    withheld_for: WithheldReason,
    actor: User,
    reason: str,
    request_key: str,
    now: datetime,
) -> Item:
    """Makes the file anew and keeps that; what was sent is let go. Nobody is shown it before another person released it.

    `withheld_for` is what it counts under until then. The same request key again gives the same item. Raises
    kinds.NotTaken (with the reason in a sentence), NoSubject, TitleMissing, TextError, RequestKeyReused, ReasonMissing.
    """
    reason = require_reason(reason)
    title = clean_line(title, max_length=120)
    if not title:
        raise TitleMissing
    asked = {"subject_kind": subject_kind, "subject_id": subject_id, "kind": kind, "title": title}
    if before := _before(request_key, asked):
        return before
    find_subject(kind=subject_kind, subject_id=subject_id, now=now)
    # Outside any database transaction of ours: decoding may take seconds, and nobody should wait for it.
    made = made_anew(content)
    with transaction.atomic():
        hold_for_posting()
        if before := _before(request_key, asked):
            return before
        item = _keep(made, asked, request_key=request_key, actor=actor, now=now)
        Event.objects.create(item=item, kind=EventKind.TAKEN_IN, reason=withheld_for, actor=actor, at=now)
        facts = {"subject": f"{subject_kind}:{subject_id}", "made_from": made.kind.value, "pages": made.pages}
        record(actor=actor, act="evidence.taken_in", subject=f"evidence:{item.pk}", reason=reason, now=now, facts=facts)
    return item


def _before(request_key: str, asked: dict[str, object]) -> Item | None:
    item = Item.objects.filter(request_key=request_key).first()
    if item:
        same_or_refuse(item, request_key=request_key, **asked)
    return item


def _keep(made: Made, asked: dict[str, object], *, request_key: str, actor: User, now: datetime) -> Item:
    kind, subject_id = SubjectKind(str(asked["subject_kind"])), int(str(asked["subject_id"]))
    subject = find_subject(kind=kind, subject_id=subject_id, now=now)
    item = Item.objects.create(
        **asked,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        region_id=subject.region_id,
        week=subject.week,
        period=subject.period,
        media_type=made.media_type,
        pages=made.pages,
        size_bytes=len(made.content),
        request_key=request_key,
        uploaded_by=actor,
        uploaded_at=now,
    )
    vault.store(item, made.content)
    return item
