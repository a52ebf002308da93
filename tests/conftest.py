"""What every test stands on. The parts have their own files beside this one."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.servers import start_servers, stop_servers  # the path above comes first

pytest_plugins = [
    "tests.support.database",
    "tests.support.queue",
    "tests.support.money",
    "tests.support.browser",
    "tests.support.stack",
    "tests.integration.payments.summary",
]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """The controller starts PostgreSQL and Valkey once and hands their addresses on to its workers."""
    if "PYTEST_XDIST_WORKER" not in os.environ and not config.option.collectonly:
        start_servers()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        stop_servers()
