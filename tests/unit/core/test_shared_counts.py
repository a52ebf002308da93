"""Counts that processes share, and what is left of them when Valkey is lost."""

import secrets
import time
from dataclasses import dataclass

import pytest
import redis

from core.shared_counts import QUIET_AFTER_LOSS_SECONDS, SharedCounts
from shop.embedded import free_port


@dataclass
class Clock:
    """A monotonic clock that the test moves."""

    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Valkey that a busy machine lets wait is not lost."""
    monkeypatch.setattr("core.shared_counts.PATIENCE_SECONDS", 30)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def counts(address: str, clock: Clock, prefix: str = "") -> SharedCounts:
    """As another process would have them: the same Valkey, nothing else in common."""
    return SharedCounts(address, {"KEY_PREFIX": prefix or secrets.token_hex(4)}, clock=clock)


def test_two_processes_count_together(broker: str, clock: Clock) -> None:
    prefix = secrets.token_hex(4)
    web, other_web = counts(broker, clock, prefix), counts(broker, clock, prefix)
    assert web.add("asked", 0, timeout=60)
    assert not other_web.add("asked", 0, timeout=60)
    assert [web.incr("asked"), other_web.incr("asked"), web.incr("asked")] == [1, 2, 3]
    assert other_web.get("asked") == 3
    assert web.decr("asked") == 2
    with redis.from_url(broker) as inside:
        assert 0 < inside.ttl(web.make_key("asked")) <= 60
    assert web.touch("asked", 600)
    assert web.delete("asked")
    with pytest.raises(ValueError, match="asked"):
        other_web.incr("asked")


def test_a_key_that_one_process_made_is_the_others_too(broker: str, clock: Clock) -> None:
    prefix = secrets.token_hex(4)
    made = counts(broker, clock, prefix).get_or_set("key", lambda: secrets.token_bytes(32), timeout=60)
    assert counts(broker, clock, prefix).get_or_set("key", lambda: secrets.token_bytes(32), timeout=60) == made
    assert isinstance(made, bytes)


@pytest.mark.parametrize("value", ["text", 1.5, True, None, ["list"], {"a": 1}])
def test_nothing_but_numbers_and_bytes_is_kept(value: object, broker: str, clock: Clock) -> None:
    with pytest.raises(TypeError):
        counts(broker, clock).set("thing", value)


def test_what_stands_in_valkey_is_never_made_into_an_object(broker: str, clock: Clock) -> None:
    mine = counts(broker, clock)
    with redis.from_url(broker) as inside:
        inside.set(mine.make_key("thing"), b"cos\nsystem\n(S'true'\ntR.", ex=60)
    with pytest.raises(ValueError, match="invalid literal"):
        mine.get("thing")


def test_without_valkey_a_process_counts_for_itself(clock: Clock) -> None:
    mine = counts(f"redis://127.0.0.1:{free_port()}/0", clock)
    begun = time.monotonic()
    assert mine.add("asked", 0, timeout=60)
    assert [mine.incr("asked") for _ in range(100)] == list(range(1, 101))
    assert mine.get_or_set("key", lambda: b"bytes", timeout=60) == b"bytes"
    assert time.monotonic() - begun < 30


def test_after_a_while_valkey_is_asked_again(broker: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = counts(broker, clock)
    mine.set("asked", 7, timeout=60)

    def silent(*args: object, **facts: object) -> None:
        raise redis.exceptions.TimeoutError

    with monkeypatch.context() as lost:
        lost.setattr(mine._shared, "get", silent)
        assert mine.get("asked") is None
    assert mine.get("asked") is None, "it is left alone for a while"
    clock.seconds += QUIET_AFTER_LOSS_SECONDS
    assert mine.get("asked") == 7


def test_the_queue_beside_it_is_never_emptied(broker: str, clock: Clock) -> None:
    with pytest.raises(NotImplementedError):
        counts(broker, clock).clear()
