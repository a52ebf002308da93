"""The queue in tests: hints are collected, and run only when the test says so."""

import os
from collections.abc import Callable

import pytest
from pytest_django import Settings

Hint = tuple[str, tuple[int | str, ...]]


@pytest.fixture(autouse=True)
def hints(monkeypatch: pytest.MonkeyPatch) -> list[Hint]:
    """What would have been sent to the broker, in order. No test reaches a broker by accident."""
    sent: list[Hint] = []
    monkeypatch.setattr("core.queue.send", lambda name, *args: sent.append((name, args)))
    return sent


@pytest.fixture
def broker(settings: Settings) -> str:
    """The address of the tests' Valkey, for the few tests that talk to it."""
    settings.BROKER_URL = os.environ["BROKER_URL"]
    return os.environ["BROKER_URL"]


@pytest.fixture
def run_hints(hints: list[Hint]) -> Callable[[], int]:
    """Runs the collected hints in this process, also those they cause, and says how many there were."""

    def run(most: int = 1000) -> int:
        from shop.celery import app

        app.loader.import_default_modules()
        ran = 0
        while hints:
            name, args = hints.pop(0)
            app.tasks[name].run(*args)
            ran += 1
            assert ran < most, "hints cause hints without end"
        return ran

    return run
