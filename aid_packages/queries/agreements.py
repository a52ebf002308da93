"""What was agreed with partners, and what an agreement still leaves."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Least

from aid_packages.models import Agreement, Allocation, AllocationState, Partner
from aid_packages.queries.envelope import envelopes
from aid_packages.queries.spending import with_partners
from aid_packages.queries.tree import above
from ledger.accounts import GENERAL


@dataclass(frozen=True)
class AgreementRow:
    """One agreement as lists show it. Sums in grosze; `used_minor` is what envelopes under it hold or have spent."""

    agreement_id: int
    partner_code: str
    number: str
    signed_on: date
    first_day: date
    last_day: date
    """The last day it is in force, also where it was ended early."""
    areas: tuple[str, ...]
    cap_minor: int | None
    may_be_named: bool
    used_minor: int


@dataclass(frozen=True)
class EndedWithAdvance:
    """A partner without an agreement in force that still has money to account for, in grosze."""

    partner_id: int
    partner_code: str
    name: str
    last_day: date | None
    """When its last agreement ended; None where there never was one."""
    unsettled_minor: int


def agreements(*, partner_code: str | None = None) -> list[AgreementRow]:
    """All agreements, of one partner if asked, the newest first."""
    rows = _with_last_day(Agreement.objects.select_related("partner"))
    if partner_code is not None:
        rows = rows.filter(partner__code=partner_code)
    found = list(rows.order_by("-id"))
    used = used_under(agreements=found)
    return [
        AgreementRow(
            agreement_id=row.pk,
            partner_code=row.partner.code,
            number=row.number,
            signed_on=row.signed_on,
            first_day=row.first_day,
            last_day=row.in_force_to,
            areas=tuple(row.areas),
            cap_minor=row.cap_minor,
            may_be_named=row.may_be_named,
            used_minor=used[row.pk],
        )
        for row in found
    ]


def in_force(*, partner: Partner, fund_code: str, day: date) -> list[Agreement]:
    """The agreements with the partner that cover the fund on that day, the one that ends last first."""
    areas = set(above(fund_code=fund_code)) | {fund_code}
    rows = _with_last_day(Agreement.objects.filter(partner=partner, first_day__lte=day, signed_on__lte=day))
    found = list(rows.filter(in_force_to__gte=day).order_by("-in_force_to", "-id"))
    return [row for row in found if fund_code == GENERAL or areas.intersection(row.areas)]


def used_under(*, agreements: list[Agreement]) -> dict[int, int]:
    """Agreement id -> grosze that its envelopes hold or have spent; what came back to the fund counts no more."""
    allocations = list(Allocation.objects.filter(agreement__in=[row.pk for row in agreements]))
    figures = envelopes(allocations=allocations)
    used = {row.pk: 0 for row in agreements}
    for allocation in allocations:
        one = figures[allocation.pk]
        spent = one.spent_minor + one.committed_minor
        if allocation.agreement_id is not None and allocation.state != AllocationState.REJECTED:
            used[allocation.agreement_id] += spent
    return used


def ended_with_advance(*, day: date) -> list[EndedWithAdvance]:
    """Partners that hold an open advance on a day on which no agreement with them is in force."""
    held: dict[str, int] = {}
    for row in with_partners():
        held[row.partner_code] = held.get(row.partner_code, 0) + row.unsettled_minor
    ended = []
    for partner in Partner.objects.filter(code__in=[code for code, unsettled in held.items() if unsettled > 0]):
        last = _with_last_day(Agreement.objects.filter(partner=partner)).order_by("-in_force_to").first()
        if last is None or last.in_force_to < day:
            last_day = last.in_force_to if last else None
            ended.append(EndedWithAdvance(partner.pk, partner.code, partner.name, last_day, held[partner.code]))
    return ended


def _with_last_day(rows: QuerySet[Agreement]) -> QuerySet[Agreement]:
    return rows.annotate(in_force_to=Least("last_day", Coalesce(F("ended__last_day"), F("last_day"))))
