"""A document of 300 zł, accepted, to which evidence belongs."""

import pytest

from aid_packages.models import SpendingDocument
from tests.factories.aid_packages import accepted, advanced, approved, hold, make_envelope_books, recorded


@pytest.fixture
def document(db: None) -> SpendingDocument:
    make_envelope_books()
    hold(fund_code="WARM-NIGHT", amount_minor=200_000, reference="start")
    allocation = approved(amount_minor=100_000)
    advanced(allocation, amount_minor=100_000)
    return accepted(recorded(allocation, amount_minor=30_000))
