"""What every test stands on. The parts have their own files beside this one."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from django.utils import translation
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.servers import start_broker, start_servers, stop_servers  # the path above comes first

pytest_plugins = [
    "tests.support.database",
    "tests.support.queue",
    "tests.support.money",
    "tests.support.readings",
    "tests.support.browser",
    "tests.support.stack",
    "tests.integration.payments.summary",
]

# What an example takes depends on the machine, and what is drawn shall not depend on the day: a run that fails, fails again.
# `--hypothesis-profile=searching` draws anew and more.
settings.register_profile(
    "steady", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("searching", settings.get_profile("steady"), derandomize=False, max_examples=500)
settings.load_profile("steady")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """The controller starts PostgreSQL once and hands its addresses on to its workers; each has a Valkey of its own."""
    if config.option.collectonly:
        return
    if "PYTEST_XDIST_WORKER" not in os.environ:
        start_servers()
    start_broker(os.environ.get("PYTEST_XDIST_WORKER", "alone"))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    stop_servers()


@pytest.fixture(autouse=True)
def _no_language_left_over() -> Iterator[None]:
    """A test that asked for a page in English leaves no English behind for the next."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _no_counts_left_over() -> None:
    """What earlier tests asked for is not counted against this one."""
    caches["counts"].clear()
