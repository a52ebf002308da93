"""A shop with the demo's catalogue: in a rolled back database, or in a committed one with a payment provider."""

from collections.abc import Iterator

import pytest
from django.test import Client

from stripe_sandbox import testing
from tests.factories.aid_packages import make_catalogue
from tests.support.database import CommittedDatabase


@pytest.fixture
def catalogue(db: None) -> None:
    """Open books and the demo's needs and packages."""
    make_catalogue()


@pytest.fixture
def paying_shop(committed_db: CommittedDatabase, settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[testing.Client]:
    """The catalogue, really committed, and a sandbox that takes payments."""
    with testing.start_in_thread() as sandbox:
        settings.STRIPE_API_BASE = sandbox.url
        settings.STRIPE_API_KEY = sandbox.key
        make_catalogue()
        yield sandbox


@pytest.fixture
def visitor() -> Client:
    """A browser, with its own cookies and with CSRF checks."""
    return Client(enforce_csrf_checks=True, headers={"sec-fetch-site": "same-origin"})
