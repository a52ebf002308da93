"""Books to work on: with the whole catalogue, or with what envelopes need."""

import pytest

from tests.factories.aid_packages import make_catalogue, make_envelope_books


@pytest.fixture
def catalogue(db: None) -> None:
    """Open books and the demo's needs and packages."""
    make_catalogue()


@pytest.fixture
def envelope_books(db: None) -> None:
    """Open books with funds, partners and a region, and no catalogue."""
    make_envelope_books()
