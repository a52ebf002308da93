"""Two acts that meet at their worst moment: after both have looked, before either has done anything."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection


def meet_after_looking(monkeypatch: pytest.MonkeyPatch, *looks: tuple[Any, str], waits: float = 1) -> None:
    """Each look, as (module, name of its question), waits for that of the other act, or gives up where a lock keeps it out."""
    barrier = Barrier(2)

    def look_and_wait(looked: Callable[..., Any]) -> Callable[..., Any]:
        def look(**facts: Any) -> Any:
            seen = looked(**facts)
            try:
                barrier.wait(timeout=waits)
            except BrokenBarrierError:
                return seen
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
