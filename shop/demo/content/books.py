"""The demo's books: the donee, the catalogue, and what the funds and the bank held when the story began."""

import tempfile
from datetime import timedelta
from pathlib import Path

import yaml
from django.conf import settings

from aid_packages.operations import DEMO_CATALOGUE, load_catalogue
from core.periods import period_start
from ledger import accounts
from ledger.models import EntryKind, FundUse
from ledger.operations import DoneeDetails, Line, open_books, post
from shop.demo.content.months import Months

OPENING = {
    "GENERAL": 2_400_000,
    "FOREST": 1_100_000,
    "WARM-NIGHT": 950_000,
    "DRY-CLOTHES": 800_000,
    "FOOD-WATER": 760_000,
    "FIELD-TEAM": 1_250_000,
    "LAWYER": 1_900_000,
    "FIRST-AID": 480_000,
    "FIRST-STEPS": 1_300_000,
    "ADMIN": 620_000,
}
"""Grosze by fund; all of it stands at the bank."""


def begin_books(*, months: Months) -> None:
    """Opens the books at the start of the first month and loads the catalogue, its season moved around the present."""
    begun = months.books_open
    open_books(donee=DoneeDetails(code="DONEE", **settings.DONEE), now=begun)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "catalogue.yaml"
        file.write_text(yaml.safe_dump(_catalogue(months), allow_unicode=True), encoding="utf-8")
        load_catalogue(path=file, now=begun)
    funds = [Line(accounts.fund_account(code, FundUse.OPENING), -minor) for code, minor in OPENING.items()]
    post(
        reference=f"opening:{months.first}",
        kind=EntryKind.OPENING,
        event_at=begun,
        lines=[Line(accounts.BANK, sum(OPENING.values())), *funds],
        now=begun,
    )


def _catalogue(months: Months) -> dict[str, object]:
    content: dict[str, object] = yaml.safe_load(DEMO_CATALOGUE.read_text(encoding="utf-8"))
    season = {
        "from": period_start(months.first).date() + timedelta(days=1),
        "to": months.now.date() + timedelta(days=160),
    }
    season["from"] = season["from"].replace(day=1)
    needs = content["needs"]
    assert isinstance(needs, list)
    for need in needs:
        need["season"] = season
    clause = content["clause"]
    assert isinstance(clause, dict)
    clause["in_force_from"] = season["from"]
    return content
