"""Agreements with partners: recording one, ending it early, and asking whether one is in force."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from aid_packages.models import Agreement, AgreementEnd, Partner
from aid_packages.operations.refusals import (
    WrongState,
    require_no_part,
    require_positive,
    require_reason,
    same_or_refuse,
)
from aid_packages.queries.agreements import in_force, used_under
from aid_packages.queries.day import warsaw_day
from core.models import User
from core.text import clean_line
from core.trail import record
from ledger.models import Fund


class NoAgreement(ValueError):
    """No agreement with the partner is in force that day for that fund. Expected: one has to be signed first."""

    def __init__(self, *, partner_code: str, fund_code: str, day: date) -> None:
        super().__init__(f"no agreement with {partner_code} covers {fund_code} on {day}")
        self.partner_code = partner_code
        self.fund_code = fund_code
        self.day = day


class OverCap(ValueError):
    """The envelope would pass what was agreed with the partner. Expected. `left` and `wanted` in grosze."""

    def __init__(self, *, number: str, left: int, wanted: int) -> None:
        super().__init__(f"agreement {number} leaves {left}, {wanted} is wanted")
        self.number = number
        self.left = left
        self.wanted = wanted


class BadAgreementDays(ValueError):
    """Its last day comes before the first, or it was signed after it ended or in the future. Expected."""

    def __init__(self, *, first_day: date, last_day: date) -> None:
        super().__init__(f"{first_day} to {last_day}")
        self.first_day = first_day
        self.last_day = last_day


class AgreementNumberTaken(ValueError):
    """The partner has another agreement of that number, or none was typed. Expected."""

    def __init__(self, *, number: str) -> None:
        super().__init__(number)
        self.number = number


class UnknownArea(LookupError):
    """No area has this code, or none was named. Expected."""

    def __init__(self, *, area: str) -> None:
        super().__init__(area)
        self.area = area


@transaction.atomic
def record_agreement(
    *,
    partner_code: str,
    number: str,
    signed_on: date,
    first_day: date,
    last_day: date,
    areas: Sequence[str],
    cap_minor: int | None,
    may_be_named: bool,
    actor: User,
    reason: str,
    request_key: str,
    now: datetime,
) -> Agreement:
    """Records what was signed. `areas` are codes of funds of areas; `cap_minor` in grosze, None without one.

    The same request key again gives the same agreement. Raises PartOfPartner, BadAgreementDays, UnknownArea, NotPositive,
    AgreementNumberTaken, RequestKeyReused, ReasonMissing, TextError, Partner.DoesNotExist.
    """
    reason = require_reason(reason)
    partner = lock_partner(partner_code=partner_code)
    require_no_part(partner=partner, actor=actor, now=now)
    if cap_minor is not None:
        require_positive(amount_minor=cap_minor)
    if not first_day <= last_day or signed_on > min(last_day, warsaw_day(now)):
        raise BadAgreementDays(first_day=first_day, last_day=last_day)
    asked = {
        "partner": partner,
        "number": clean_line(number, max_length=40),
        "signed_on": signed_on,
        "first_day": first_day,
        "last_day": last_day,
        "areas": _areas(areas),
        "cap_minor": cap_minor,
        "may_be_named": may_be_named,
    }
    standing = Agreement.objects.filter(request_key=request_key).first()
    if standing:
        same_or_refuse(standing, request_key=request_key, **asked)
        return standing
    if not asked["number"] or Agreement.objects.filter(partner=partner, number=asked["number"]).exists():
        raise AgreementNumberTaken(number=number)
    agreement = Agreement.objects.create(**asked, recorded_by=actor, recorded_at=now, request_key=request_key)
    _note(partner, agreement, act="agreement.recorded", actor=actor, reason=reason, now=now)
    return agreement


@transaction.atomic
def end_agreement(*, agreement_id: int, last_day: date, actor: User, reason: str, now: datetime) -> AgreementEnd:
    """Ends an agreement before its time: `last_day` is the last on which it is in force, today or later.

    Money already with the partner stays to be accounted for. Raises PartOfPartner, WrongState (ended already),
    BadAgreementDays, ReasonMissing, Agreement.DoesNotExist.
    """
    reason = require_reason(reason)
    partner_code = Partner.objects.values_list("code", flat=True).get(agreements=agreement_id)
    partner = lock_partner(partner_code=partner_code)
    agreement = Agreement.objects.get(pk=agreement_id)
    require_no_part(partner=partner, actor=actor, now=now)
    if AgreementEnd.objects.filter(agreement=agreement).exists():
        raise WrongState(subject=str(agreement), state="ended")
    if not warsaw_day(now) <= last_day < agreement.last_day:
        raise BadAgreementDays(first_day=warsaw_day(now), last_day=last_day)
    end = AgreementEnd.objects.create(agreement=agreement, last_day=last_day, ended_by=actor, ended_at=now)
    _note(partner, agreement, act="agreement.ended", actor=actor, reason=reason, now=now)
    return end


def require_agreement(*, partner: Partner, fund_code: str, day: date) -> None:
    """Raises NoAgreement unless one is in force that day and covers the fund."""
    if not in_force(partner=partner, fund_code=fund_code, day=day):
        raise NoAgreement(partner_code=partner.code, fund_code=fund_code, day=day)


def agreement_for(*, partner: Partner, fund_code: str, amount_minor: int, day: date) -> Agreement:
    """The agreement in force that has room for the envelope; holds the partner's row until the database transaction ends.

    Raises NoAgreement, OverCap.
    """
    lock_partner(partner_code=partner.code)
    found = in_force(partner=partner, fund_code=fund_code, day=day)
    if not found:
        raise NoAgreement(partner_code=partner.code, fund_code=fund_code, day=day)
    used = used_under(agreements=found)
    for agreement in found:
        if agreement.cap_minor is None or used[agreement.pk] + amount_minor <= agreement.cap_minor:
            return agreement
    first = found[0]
    assert first.cap_minor is not None  # without a cap it has room
    raise OverCap(number=first.number, left=first.cap_minor - used[first.pk], wanted=amount_minor)


def lock_partner(*, partner_code: str) -> Partner:
    """The partner, its row locked: what is decided about its agreements follows one another. Raises DoesNotExist."""
    return Partner.objects.select_for_update(of=("self",)).get(code=partner_code)


def _areas(codes: Sequence[str]) -> list[str]:
    wanted = sorted(set(codes))
    known = set(Fund.objects.filter(code__in=wanted, parent__code="GENERAL").values_list("code", flat=True))
    for code in wanted:
        if code not in known:
            raise UnknownArea(area=code)
    if not wanted:
        raise UnknownArea(area="")
    return wanted


def _note(partner: Partner, agreement: Agreement, *, act: str, actor: User, reason: str, now: datetime) -> None:
    facts = {"agreement": agreement.pk, "number": agreement.number}
    record(actor=actor, act=act, subject=f"partner:{partner.pk}", reason=reason, now=now, facts=facts)
