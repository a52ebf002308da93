"""Books in which gifts are lined up. After each test promise 13 is held against them."""

from collections.abc import Iterator

import pytest

from ledger import audit
from tests.factories.aid_packages import make_envelope_books
from tests.factories.attribution import SEPTEMBER_OPENS
from tests.factories.transparency import Giving


@pytest.fixture
def giving(db: None) -> Iterator[Giving]:
    """Open books, and a hand that gives; each gift costs 1.50 zł."""
    make_envelope_books(now=SEPTEMBER_OPENS)
    yield Giving()
    assert broken() == []


def broken() -> list[str]:
    """What the audit finds of promise 13."""
    found = []
    for promise in audit.registered():
        if promise.number == 13:
            outcome = promise.check()
            found += [
                finding.message for finding in (outcome.findings if isinstance(outcome, audit.Checked) else outcome)
            ]
    return found
