"""A sandbox of its own for each test: what one test paid must not stand in another's provider's books."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from stripe_sandbox.testing import Client, start_in_thread
from tests.factories.time import NOW
from tests.integration.payments.summary import pytest_terminal_summary

__all__ = ["pytest_terminal_summary", "sandbox"]


@pytest.fixture
def sandbox(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A sandbox at the tests' today, with the settings pointing to it, and no pauses between the SDK's attempts."""
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0.01)
    with start_in_thread(seed=None) as client:
        client.clock(now=int(NOW.timestamp()), stopped=True)
        settings.STRIPE_API_BASE = client.url
        settings.STRIPE_API_KEY = client.key
        settings.STRIPE_WEBHOOK_SECRETS = [client.webhook_secret]
        yield client
