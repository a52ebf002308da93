"""Two acts that meet at their worst moment: after both have looked, before either has done anything."""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import connection

LONGEST_SECONDS = 60
"""How long is waited for what always comes, on however slow a machine."""
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"


def waiting_for_locks() -> int:
    """How many sessions of this test's database stand before a lock that another of them holds."""
    with psycopg.connect(os.environ["TEST_SUPERUSER_URL"], autocommit=True) as looking:
        row = looking.execute(_WAITING, [connection.settings_dict["NAME"]]).fetchone()
    return int(row[0]) if row else 0


def until(holds: Callable[[], object], what: str) -> None:
    """Waits until it holds. Fails with `what` that it never did."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"it never came to this: {what}"
        time.sleep(0.01)


def meeting() -> Callable[[], None]:
    """To be called where two acts are to meet: waits until another calls it too, or stands before a lock that keeps it out.

    Whoever calls it after that meeting waits for nobody.
    """
    came: set[int] = set()
    met = threading.Event()

    def wait_for_another() -> None:
        came.add(threading.get_ident())
        until(lambda: met.is_set() or len(came) > 1 or waiting_for_locks() > 0, "another act comes")
        met.set()

    return wait_for_another


def meet_after_looking(monkeypatch: pytest.MonkeyPatch, *looks: tuple[Any, str]) -> None:
    """Lets two acts meet after they have looked. Each look is given as (module, name of its question)."""
    wait_for_another = meeting()

    def look_and_wait(looked: Callable[..., Any]) -> Callable[..., Any]:
        def look(*args: Any, **facts: Any) -> Any:
            seen = looked(*args, **facts)
            wait_for_another()
            return seen

        return look

    for module, name in looks:
        monkeypatch.setattr(module, name, look_and_wait(getattr(module, name)))


def at_once(*acts: Callable[[], object], refusals: tuple[type[Exception], ...]) -> list[str]:
    """What became of each act, in the order of the alphabet: the name of what it made, or of its refusal."""

    def run(one: Callable[[], object]) -> str:
        try:
            return type(one()).__name__
        except refusals as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return sorted(pool.map(run, acts))
