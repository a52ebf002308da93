"""Writing down what was done for people: consultations, interventions, lessons."""

from datetime import datetime

from django.db import transaction

from aid_packages.deliveries.models import AidKind, Service
from aid_packages.deliveries.operations.notes import note
from aid_packages.deliveries.operations.refusals import (
    AlreadyTakenBack,
    find_item,
    find_region,
    require_fund,
    require_people,
    require_units,
    require_week_over,
)
from aid_packages.deliveries.weeks import booked_period
from aid_packages.models import Allocation
from aid_packages.operations.refusals import require_reason, same_or_refuse
from core.models import User
from ledger.operations import hold_for_posting


@transaction.atomic
def record_service(
    *,
    item_code: str,
    units: int,
    fund_code: str,
    region_code: str,
    week: int,
    actor: User,
    reason: str,
    request_key: str,
    now: datetime,
    people: int | None = None,
    nationalities: int | None = None,
    allocation_id: int | None = None,
) -> Service:
    """Records units of a service done in a week that is over. `people` only where they were really counted.

    Raises UnknownItem, UnknownNeed, UnknownRegion, WeekNotOver, NoSuchWeek, BadUnits, BadPeople, RequestKeyReused,
    ReasonMissing.
    """
    reason = require_reason(reason)
    require_week_over(week=week, now=now)
    require_units(units=units)
    require_fund(fund_code=fund_code)
    require_people(people=people, nationalities=nationalities)
    if allocation_id is not None:
        Allocation.objects.get(pk=allocation_id)
    facts = {
        "item": find_item(code=item_code, kind=AidKind.SERVICE),
        "units": units,
        "fund_code": fund_code,
        "region": find_region(code=region_code),
        "week": week,
        "people": people,
        "nationalities": nationalities,
        "allocation_id": allocation_id,
    }
    hold_for_posting()
    made_with = {**facts, "period": booked_period(week)}
    service, made = Service.objects.get_or_create(request_key=request_key, defaults=made_with)
    if not made:
        same_or_refuse(service, request_key=request_key, **facts)
        return service
    note(subject=str(service), act="service.recorded", actor=actor, reason=reason, now=now, units=units)
    return service


@transaction.atomic
def take_back_service(*, service_id: int, actor: User, reason: str, now: datetime) -> Service:
    """Takes a wrong row back by one with the opposite figures. Raises AlreadyTakenBack, ReasonMissing, DoesNotExist."""
    reason = require_reason(reason)
    hold_for_posting()
    wrong = Service.objects.get(pk=service_id)
    if wrong.counters_id is not None:
        raise AlreadyTakenBack(subject=str(wrong))
    back, made = Service.objects.get_or_create(
        request_key=f"take-back:{wrong.pk}",
        defaults={
            "item_id": wrong.item_id,
            "fund_code": wrong.fund_code,
            "region_id": wrong.region_id,
            "week": wrong.week,
            "period": booked_period(wrong.week),
            "units": -wrong.units,
            "people": None if wrong.people is None else -wrong.people,
            "nationalities": wrong.nationalities,
            "allocation_id": wrong.allocation_id,
            "counters": wrong,
        },
    )
    if not made:
        raise AlreadyTakenBack(subject=str(wrong))
    note(subject=str(wrong), act="service.taken_back", actor=actor, reason=reason, now=now, by=back.pk)
    return back
