"""What evidence belongs to: a spending document, a delivery or a grant, as far as evidence has to know it."""

from dataclasses import dataclass
from datetime import datetime

from aid_packages.deliveries.models import Delivery
from aid_packages.deliveries.weeks import week_of
from aid_packages.evidence.models import SubjectKind
from aid_packages.models import Grant, Partner, SpendingDocument
from core.periods import period_of


class NoSubject(LookupError):
    """No such document, delivery or grant. Expected: a page may be old."""

    def __init__(self, *, kind: str, subject_id: int) -> None:
        super().__init__(f"no {kind} {subject_id}")


@dataclass(frozen=True)
class Subject:
    """What is said of it. `prepared_by_id` is who entered it, `partner` whose money it accounts for."""

    region_id: int | None
    week: int
    period: int
    prepared_by_id: int | None
    partner: Partner | None


def find_subject(*, kind: SubjectKind, subject_id: int, now: datetime) -> Subject:
    """The subject. Raises NoSubject."""
    try:
        if kind == SubjectKind.DELIVERY:
            return _delivery(subject_id)
        if kind == SubjectKind.GRANT:
            return _grant(subject_id, now)
        return _document(subject_id, now)
    except (SpendingDocument.DoesNotExist, Delivery.DoesNotExist, Grant.DoesNotExist) as missing:
        raise NoSubject(kind=kind, subject_id=subject_id) from missing


def _document(document_id: int, now: datetime) -> Subject:
    document = SpendingDocument.objects.select_related("allocation__partner").get(pk=document_id)
    allocation = document.allocation
    return Subject(
        region_id=allocation.region_id,
        week=week_of(now),
        period=period_of(now),
        prepared_by_id=document.recorded_by_id,
        partner=allocation.partner,
    )


def _grant(grant_id: int, now: datetime) -> Subject:
    grant = Grant.objects.select_related("allocation__partner").get(pk=grant_id)
    return Subject(
        region_id=grant.allocation.region_id,
        week=week_of(now),
        period=period_of(now),
        prepared_by_id=grant.paid_by_id,
        partner=grant.allocation.partner,
    )


def _delivery(delivery_id: int) -> Subject:
    delivery = Delivery.objects.select_related("allocation__partner").get(pk=delivery_id)
    return Subject(
        region_id=delivery.region_id,
        week=delivery.week,
        period=delivery.period,
        prepared_by_id=None,
        partner=delivery.allocation.partner if delivery.allocation else None,
    )
