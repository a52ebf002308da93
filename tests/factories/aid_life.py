"""The later life of envelopes for tests: grants, emergencies, redirects, covers, reversals. Ada proposes, Bartek decides."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from aid_packages.models import (
    Allocation,
    Area,
    ClauseVersion,
    EvidenceGrade,
    Grant,
    LossCover,
    Need,
    NeedState,
    Partner,
    PartnerMember,
    Redirect,
    SpendingDocument,
    SpendingReversal,
)
from aid_packages.operations import (
    approve_cover,
    approve_redirect,
    approve_reversal,
    book_emergency,
    pay_grant,
    propose_area_redirect,
    propose_cover,
    propose_document_reversal,
    propose_grant_reversal,
    propose_redirect,
)
from core.models import User
from ledger.accounts import BANK, fund_account
from ledger.models import EntryKind, FundUse
from ledger.operations import Line, post
from tests.factories.aid_packages import make_staff
from tests.factories.time import NOW

CLAUSE = "What this need can't use helps its area."


def key() -> str:
    """A request's own key."""
    return f"test:{uuid4()}"


def make_need(*, goal_minor: int = 100_000, season_to: date = date(2027, 4, 30), **changed: Any) -> Need:
    """The need of WARM-NIGHT in the forest, its season begun in October."""
    texts = {"pl": "Ciepło w nocy", "en": "Warmth at night"}
    area, _made = Area.objects.get_or_create(code="FOREST", defaults={"title": texts, "summary": texts, "position": 1})
    clause, _made = ClauseVersion.objects.get_or_create(
        number=1, defaults={"text": {"pl": CLAUSE, "en": CLAUSE}, "in_force_from": date(2026, 9, 1)}
    )
    told: dict[str, Any] = {
        "code": "warm-night",
        "area": area,
        "clause": clause,
        "fund_code": "WARM-NIGHT",
        "urgency": 3,
        "season_from": date(2026, 10, 1),
        "season_to": season_to,
        "goal_minor": goal_minor,
        "title": texts,
        "summary": texts,
        "body": texts,
        "illustration": "warm-night",
        "position": 1,
    }
    return Need.objects.create(**{**told, **changed})


def belongs(user: User, *, partner_code: str = "DEMO-FIELD") -> PartnerMember:
    """Somebody of the staff belongs to the partner since long."""
    since = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    return PartnerMember.objects.create(partner=Partner.objects.get(code=partner_code), user=user, since=since)


def bank_gift(*, fund_code: str, amount_minor: int, reference: str, now: datetime = NOW) -> int:
    """A gift that came straight to the bank, so that it needs no provider's charge; the entry's id."""
    return post(
        reference=f"bank_transfer:{reference}",
        kind=EntryKind.BANK_TRANSFER,
        event_at=now,
        lines=[
            Line(account=BANK, amount_minor=amount_minor),
            Line(account=fund_account(fund_code, FundUse.GIFTS), amount_minor=-amount_minor),
        ],
        now=now,
    ).entry_id


def take_from(*, fund_code: str, amount_minor: int, reference: str, now: datetime = NOW) -> int:
    """What went back to a donor late, by bank transfer, and falls on the fund; the entry's id."""
    return post(
        reference=f"bank_transfer:{reference}",
        kind=EntryKind.BANK_TRANSFER,
        event_at=now,
        lines=[
            Line(account=fund_account(fund_code, FundUse.REFUNDS), amount_minor=amount_minor),
            Line(account=BANK, amount_minor=-amount_minor),
        ],
        now=now,
    ).entry_id


def over_goal() -> Need:
    """A need of the catalogue that was ended with 10 zł left."""
    Need.objects.filter(code="contact").update(state=NeedState.ENDED)
    bank_gift(fund_code="CONTACT", amount_minor=1_000, reference="contact-left")
    return Need.objects.get(code="contact")


def lacking() -> str:
    """The code of a fund that lacks 10 zł."""
    take_from(fund_code="FIRST-AID", amount_minor=1_000, reference="first-aid-lost")
    return "FIRST-AID"


def emergency(**changed: Any) -> Allocation:
    """An emergency of 500 zł of WARM-NIGHT for the field partner, booked by Ada alone."""
    asked: dict[str, Any] = {
        "fund_code": "WARM-NIGHT",
        "partner_code": "DEMO-FIELD",
        "region_code": "north",
        "first_period": 202611,
        "last_period": 202612,
        "amount_minor": 50_000,
        "purpose": "Frost tonight",
        "reason": "minus twenty is forecast",
        "request_key": key(),
        "now": NOW,
    }
    return book_emergency(**{**asked, "actor": changed.pop("actor", None) or make_staff("ada"), **changed})


def granted(allocation: Allocation, *, amount_minor: int, now: datetime = NOW, **changed: Any) -> Grant:
    """A grant from the envelope, paid by Bartek."""
    asked: dict[str, Any] = {
        "amount_minor": amount_minor,
        "grade": EvidenceGrade.PARTNER_ATTESTED,
        "attestation": "Letter 7/2026",
        "actor": changed.pop("actor", None) or make_staff("bartek"),
        "reason": "by transfer",
        "event_at": now,
        "request_key": key(),
        "now": now,
    }
    return pay_grant(allocation_id=allocation.pk, **{**asked, **changed})


def proposed_redirect(need: Need, *, amount_minor: int, to_fund: str = "FOREST", **changed: Any) -> Redirect:
    """Ada proposes that a sum go up the tree."""
    asked: dict[str, Any] = {
        "actor": changed.pop("actor", None) or make_staff("ada"),
        "reason": "more came in than the goal",
        "request_key": key(),
        "now": NOW,
    }
    return propose_redirect(need_id=need.pk, to_fund=to_fund, amount_minor=amount_minor, **{**asked, **changed})


def area_redirect(area: Area, *, amount_minor: int, to_fund: str = "GENERAL", **changed: Any) -> Redirect:
    """Ada proposes that a sum of an area's own fund go on."""
    asked: dict[str, Any] = {
        "actor": changed.pop("actor", None) or make_staff("ada"),
        "reason": "its needs lack nothing",
        "request_key": key(),
        "now": NOW,
    }
    return propose_area_redirect(area_id=area.pk, to_fund=to_fund, amount_minor=amount_minor, **{**asked, **changed})


def redirected(need: Need, *, amount_minor: int, to_fund: str = "FOREST", now: datetime = NOW) -> Redirect:
    """The same, approved by Bartek."""
    redirect = proposed_redirect(need, amount_minor=amount_minor, to_fund=to_fund, now=now)
    return approve_redirect(redirect_id=redirect.pk, actor=make_staff("bartek"), reason="as agreed", now=now)


def proposed_cover(*, fund_code: str = "WARM-NIGHT", amount_minor: int, **changed: Any) -> LossCover:
    """Ada proposes that GENERAL cover what a fund lacks."""
    asked: dict[str, Any] = {
        "actor": changed.pop("actor", None) or make_staff("ada"),
        "reason": "chargebacks came late",
        "request_key": key(),
        "now": NOW,
    }
    return propose_cover(fund_code=fund_code, amount_minor=amount_minor, **{**asked, **changed})


def covered(*, fund_code: str = "WARM-NIGHT", amount_minor: int, now: datetime = NOW) -> LossCover:
    """The same, approved by Bartek."""
    cover = proposed_cover(fund_code=fund_code, amount_minor=amount_minor, now=now)
    return approve_cover(cover_id=cover.pk, actor=make_staff("bartek"), reason="as agreed", now=now)


def proposed_reversal(subject: SpendingDocument | Grant, *, now: datetime = NOW, **changed: Any) -> SpendingReversal:
    """Ada proposes to take back a document or a grant."""
    asked: dict[str, Any] = {
        "actor": changed.pop("actor", None) or make_staff("ada"),
        "reason": "it was for something else",
        "request_key": key(),
        "now": now,
    }
    if isinstance(subject, Grant):
        return propose_grant_reversal(grant_id=subject.pk, **{**asked, **changed})
    return propose_document_reversal(document_id=subject.pk, **{**asked, **changed})


def taken_back(subject: SpendingDocument | Grant, *, now: datetime = NOW) -> SpendingReversal:
    """The same, approved by Bartek."""
    reversal = proposed_reversal(subject, now=now)
    return approve_reversal(reversal_id=reversal.pk, actor=make_staff("bartek"), reason="as agreed", now=now)
