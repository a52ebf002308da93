"""Books to work on: with the whole catalogue, or with what envelopes need."""

import pytest

from ledger.accounts import CASH
from tests.factories.aid_packages import hold, make_catalogue, make_envelope_books


@pytest.fixture
def catalogue(db: None) -> None:
    """Open books and the demo's needs and packages."""
    make_catalogue()


@pytest.fixture
def envelope_books(db: None) -> None:
    """Open books with funds, partners and a region, and no catalogue."""
    make_envelope_books()


@pytest.fixture
def money_in_two_funds(envelope_books: None) -> None:
    """2,500 zł in WARM-NIGHT, 2,000 zł of it in the bank, and 1,000 zł in CONTACT, not in the bank yet."""
    hold(fund_code="WARM-NIGHT", amount_minor=200_000, reference="warm")
    hold(fund_code="WARM-NIGHT", amount_minor=50_000, reference="warm-cash", account=CASH)
    hold(fund_code="CONTACT", amount_minor=100_000, reference="contact-cash", account=CASH)
