"""Needs, packages and allocations for tests."""

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from aid_packages.operations import DEMO_CATALOGUE, load_catalogue
from ledger.accounts import BANK, STRIPE_CLEARING, fund_account
from ledger.models import EntryKind, FundUse
from ledger.operations import DoneeDetails, Line, open_books, post
from tests.factories.time import NOW

DONEE = DoneeDetails(
    code="SWB", name="Fundacja Testowa", krs="0000123456", nip="5252344078", address="ul. Testowa 1, 00-001 Warszawa"
)


def make_catalogue(*, now: datetime = NOW) -> None:
    """Open books and the demo's catalogue."""
    open_books(donee=DONEE, now=now)
    load_catalogue(path=DEMO_CATALOGUE, now=now)


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


def pay_in(*, amount_minor: int, reference: str, event_at: datetime = NOW, now: datetime = NOW) -> int:
    """Money from the provider on the bank account; the entry's id."""
    return post(
        reference=f"payout:{reference}",
        kind=EntryKind.PAYOUT,
        event_at=event_at,
        lines=[
            Line(account=BANK, amount_minor=amount_minor),
            Line(account=STRIPE_CLEARING, amount_minor=-amount_minor),
        ],
        now=now,
    ).entry_id
