"""Grading: how well a document, a delivery or a grant is shown to be true, as it becomes known later."""

from datetime import datetime

from django.db import transaction

from aid_packages.evidence.models import EventKind, GradeEvent, Item, ItemKind, SubjectKind
from aid_packages.evidence.queries.standing import last_events
from aid_packages.evidence.subjects import find_subject
from aid_packages.models import EvidenceGrade
from aid_packages.operations.refusals import require_another, require_no_part, require_reason, same_or_refuse
from core.models import User
from core.text import clean_line
from core.trail import record
from ledger.operations import hold_for_posting


class CheckerMissing(ValueError):
    """An independent check by nobody, or a name beside another grade. Expected: the form asks for the organisation."""


class NotIndependent(ValueError):
    """The partner itself, named as who checked independently. Expected."""


class AttestationMissing(ValueError):
    """ "Attested by the partner" without the attestation itself among the evidence. Expected."""


@transaction.atomic
def grade(
    *,
    subject_kind: SubjectKind,
    subject_id: int,
    grade: EvidenceGrade,
    checked_by: str,
    actor: User,
    reason: str,
    request_key: str,
    now: datetime,
) -> GradeEvent:
    """Gives a grade; the last one given holds. `checked_by` is the organisation that checked independently, or empty.

    Another person than who entered it, with no part in the partner. The same request key again gives the same grade.
    Raises NoSubject, SamePerson, PartOfPartner, CheckerMissing, NotIndependent, AttestationMissing, RequestKeyReused,
    TextError, ReasonMissing.
    """
    reason = require_reason(reason)
    checked_by = clean_line(checked_by, max_length=120)
    if (grade == EvidenceGrade.CHECKED) != bool(checked_by):
        raise CheckerMissing
    hold_for_posting()
    asked = {"subject_kind": subject_kind, "subject_id": subject_id, "grade": grade, "checked_by": checked_by}
    given = GradeEvent.objects.filter(request_key=request_key).first()
    if given:
        same_or_refuse(given, request_key=request_key, **asked)
        return given
    subject = find_subject(kind=subject_kind, subject_id=subject_id, now=now)
    if subject.prepared_by_id is not None:
        require_another(subject=f"{subject_kind}:{subject_id}", prepared_by_id=subject.prepared_by_id, actor=actor)
    require_no_part(partner=subject.partner, actor=actor, now=now)
    if subject.partner and checked_by.casefold() == subject.partner.name.casefold():
        raise NotIndependent
    if grade == EvidenceGrade.PARTNER_ATTESTED and not _attested(subject_kind, subject_id):
        raise AttestationMissing
    given = GradeEvent.objects.create(**asked, request_key=request_key, actor=actor, at=now)
    facts = {"grade": grade.value, "checked_by": checked_by}
    subject_name = f"{subject_kind}:{subject_id}"
    record(actor=actor, act="evidence.graded", subject=subject_name, reason=reason, now=now, facts=facts)
    return given


def _attested(subject_kind: SubjectKind, subject_id: int) -> bool:
    """Whether an attestation that can still be read belongs to it."""
    items = Item.objects.filter(subject_kind=subject_kind, subject_id=subject_id, kind=ItemKind.ATTESTATION)
    last = last_events(item_ids=items.values_list("pk", flat=True))
    return any(event.kind != EventKind.ERASED for event in last.values())
