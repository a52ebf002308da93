"""Needs, packages and allocations for tests."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

from aid_packages.models import Advance, Agreement, Allocation, Partner, Purchase, Region, SpendingDocument
from aid_packages.operations import (
    DEMO_CATALOGUE,
    Funder,
    accept_document,
    approve_allocation,
    draft_allocation,
    load_catalogue,
    pay_advance,
    record_document,
    record_purchase,
)
from core.models import User
from ledger.accounts import BANK, STRIPE_CLEARING, fund_account
from ledger.models import EntryKind, FundUse, Restriction
from ledger.operations import DoneeDetails, Line, open_books, open_fund, open_partner, post
from tests.factories.time import NOW

DONEE = DoneeDetails(
    code="SWB", name="Fundacja Testowa", krs="0000123456", nip="5252344078", address="ul. Testowa 1, 00-001 Warszawa"
)


def make_catalogue(*, now: datetime = NOW) -> None:
    """Open books and the demo's catalogue."""
    open_books(donee=DONEE, now=now)
    load_catalogue(path=DEMO_CATALOGUE, now=now)


def make_envelope_books(*, now: datetime = NOW) -> None:
    """Open books with what envelopes need and no catalogue: three funds, two partners, a region. Ten times as quick."""
    open_books(donee=DONEE, now=now)
    open_fund(code="FOREST", parent="GENERAL", restriction=Restriction.PURPOSE, now=now)
    for code in ("WARM-NIGHT", "CONTACT"):
        open_fund(code=code, parent="FOREST", restriction=Restriction.PURPOSE, now=now)
    for code in ("DEMO-FIELD", "DEMO-LAW"):
        agreed(Partner.objects.create(code=code, name=f"{code} (demo)"))
        open_partner(partner_code=code)
    Region.objects.create(code="north", title={"pl": "Północ", "en": "North"}, position=1)


def agreed(partner: Partner, **changed: Any) -> Agreement:
    """An agreement for help in the forest, in force for years and without a cap."""
    signed: dict[str, Any] = {
        "number": f"{partner.agreements.count() + 1}/2026",
        "signed_on": date(2026, 1, 1),
        "first_day": date(2026, 1, 1),
        "last_day": date(2029, 12, 31),
        "areas": ["FOREST"],
        "cap_minor": None,
        "may_be_named": True,
        "recorded_at": NOW,
        "request_key": f"agreement:{uuid4()}",
    }
    return Agreement.objects.create(partner=partner, **{**signed, **changed})


def changed_catalogue(folder: Path, change: Any) -> Path:
    """A copy of the demo's file after `change(content)`."""
    content = yaml.safe_load(DEMO_CATALOGUE.read_text(encoding="utf-8"))
    change(content)
    path = folder / "catalogue.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def give(*, fund_code: str, amount_minor: int, reference: str, event_at: datetime = NOW, now: datetime = NOW) -> int:
    """A settled gift to a fund; the entry's id."""
    return post(
        reference=f"gift:{reference}",
        kind=EntryKind.GIFT,
        event_at=event_at,
        lines=[
            Line(account=STRIPE_CLEARING, amount_minor=amount_minor),
            Line(account=fund_account(fund_code, FundUse.GIFTS), amount_minor=-amount_minor),
        ],
        now=now,
    ).entry_id


def hold(*, fund_code: str, amount_minor: int, reference: str, account: str = BANK) -> int:
    """Money a fund held when the books began, on the bank account: enough for tests that need no donor; the entry's id."""
    return post(
        reference=f"opening:{reference}",
        kind=EntryKind.OPENING,
        event_at=NOW,
        lines=[
            Line(account=account, amount_minor=amount_minor),
            Line(account=fund_account(fund_code, FundUse.OPENING), amount_minor=-amount_minor),
        ],
        now=NOW,
    ).entry_id


def lose(*, fund_code: str, amount_minor: int, reference: str) -> int:
    """Money the bank took from a fund without asking anybody; the entry's id."""
    return post(
        reference=f"bank_fee:{reference}",
        kind=EntryKind.BANK_FEE,
        event_at=NOW,
        lines=[
            Line(account=fund_account(fund_code, FundUse.FEES), amount_minor=amount_minor),
            Line(account=BANK, amount_minor=-amount_minor),
        ],
        now=NOW,
    ).entry_id


def make_staff(username: str) -> User:
    """Somebody of the staff."""
    return User.objects.get_or_create(username=username)[0]


def draft(**changed: Any) -> Allocation:
    """An envelope of 1,000 zł of WARM-NIGHT for the field partner, drafted by Ada."""
    asked: dict[str, Any] = {
        "fund_code": "WARM-NIGHT",
        "partner_code": "DEMO-FIELD",
        "region_code": "north",
        "first_period": 202611,
        "last_period": 202612,
        "amount_minor": 100_000,
        "purpose": "Sleeping bags for the northern stretch",
        "reason": "the stock ran out",
        "now": NOW,
    }
    return draft_allocation(**{**asked, "actor": changed.pop("actor", None) or make_staff("ada"), **changed})


def approved(**changed: Any) -> Allocation:
    """The same, approved by Bartek. The fund has to hold the money."""
    now = changed.get("now", NOW)
    return approve_allocation(
        allocation_id=draft(**changed).pk, actor=make_staff("bartek"), reason="as agreed", now=now
    )


def advanced(allocation: Allocation, *, amount_minor: int, now: datetime = NOW, **changed: Any) -> Advance:
    """An advance within an allocation, paid by Ada. The bank account has to hold the money."""
    asked: dict[str, Any] = {
        "actor": changed.pop("actor", None) or make_staff("ada"),
        "reason": "by transfer",
        "event_at": now,
        "request_key": f"advance:{uuid4()}",
        "now": now,
    }
    return pay_advance(allocation_id=allocation.pk, amount_minor=amount_minor, **{**asked, **changed})


def recorded(allocation: Allocation, *, amount_minor: int, now: datetime = NOW, **changed: Any) -> SpendingDocument:
    """A document against an advance, recorded by Ada."""
    return record_document(allocation_id=allocation.pk, **_document(amount_minor, now, changed))


def purchased(allocation: Allocation, *, amount_minor: int, now: datetime = NOW, **changed: Any) -> Purchase:
    """An own purchase, recorded by Ada."""
    return record_purchase(allocation_id=allocation.pk, **_document(amount_minor, now, changed))


def accepted(document: SpendingDocument, *, now: datetime = NOW) -> SpendingDocument:
    """The document, accepted by Bartek."""
    return accept_document(document_id=document.pk, actor=make_staff("bartek"), reason="seen and in order", now=now)


def _document(amount_minor: int, now: datetime, changed: dict[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "issuer_nip": "5260250274",
        "number": f"FV/{uuid4().hex[:12]}",
        "issued_on": now.date(),
        "total_minor": amount_minor,
        "own_share_minor": amount_minor,
        "actor": changed.pop("actor", None) or make_staff("ada"),
        "reason": "sent by the partner",
        "request_key": f"document:{uuid4()}",
        "now": now,
    }
    document = {**asked, **changed}
    rest = document["total_minor"] - document["own_share_minor"]
    if rest > 0:
        document.setdefault("funders", [Funder("Another foundation", rest)])
    return document
