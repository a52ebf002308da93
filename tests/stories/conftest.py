"""A house with the demo's needs, its staff, a provider, and a day that waits to begin."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from stripe_sandbox.testing import start_in_thread
from tests.factories.aid_packages import make_catalogue
from tests.factories.staff import make_member
from tests.factories.time import NOW
from tests.stories.books import compare_books
from tests.stories.desk import Desk
from tests.support.database import CommittedDatabase
from tests.support.story import Clock, Donor, Story, Webhooks, Workers

BOOKS_OPENED = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)


@pytest.fixture
def story(
    request: pytest.FixtureRequest,
    committed_db: CommittedDatabase,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    hints: list[object],
    run_hints: Callable[[], int],
) -> Iterator[Story]:
    """The stage. When the story has been told its books are compared, and then the audit runs (`pytest.mark.money`)."""
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0.01)
    with start_in_thread(seed="stories") as sandbox:
        settings.STRIPE_API_BASE = sandbox.url
        settings.STRIPE_API_KEY = sandbox.key
        settings.STRIPE_WEBHOOK_SECRETS = [sandbox.webhook_secret]
        clock = Clock(sandbox, NOW)
        clock.comes(NOW)
        monkeypatch.setattr("django.utils.timezone.now", lambda: clock.now)
        make_catalogue(now=BOOKS_OPENED)
        told = Story(sandbox=sandbox, clock=clock, workers=Workers(run_hints), hints=hints)
        yield told
        told.ends()
        if not getattr(request.node, "broke_off", False):
            compare_books(story=request.node.name.removeprefix("test_"), said=_title(request), names=told.names)


def _title(request: pytest.FixtureRequest) -> str:
    return (request.function.__doc__ or "").strip().splitlines()[0]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A story that broke off has no end to compare: its own failure says more."""
    if call.when == "call" and call.excinfo is not None:
        item.broke_off = True  # type: ignore[attr-defined]  # a mark for the fixture above
    yield


@pytest.fixture
def donor(story: Story) -> Donor:
    """Zofia, who gives."""
    return story.donor


@pytest.fixture
def clock(story: Story) -> Clock:
    return story.clock


@pytest.fixture
def webhooks(story: Story) -> Webhooks:
    return story.webhooks


@pytest.fixture
def workers(story: Story) -> Workers:
    return story.workers


@pytest.fixture
def ada(story: Story) -> Desk:
    """She prepares."""
    return Desk(make_member("ada", "preparers"), story.clock)


@pytest.fixture
def bartek(story: Story) -> Desk:
    """He approves."""
    return Desk(make_member("bartek", "approvers"), story.clock)
