"""Short-lived counts that all processes of the shop share, for limits: `caches["counts"]`. In Valkey, never on a disk.

A limit is there to protect the shop, so it may not be what stops it: when Valkey doesn't answer, each process counts for
itself, and asks it again only after a while. The limits are then as wide as there are processes, and nothing else changes.
Only whole numbers and bytes are kept: nothing that is read here is ever made into an object, whoever wrote it.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

QUIET_AFTER_LOSS_SECONDS = 5.0
"""How long a process counts for itself after Valkey was silent: a visitor waits for that once, not with each page."""
PATIENCE_SECONDS = 0.25
"""How long one answer may take."""
MOST_KEPT = 10_000
"""Counts that a process keeps while it counts for itself."""


class NumbersAndBytes:
    """How a value is written: a number as its digits, bytes behind a mark."""

    _MARK = b"b:"

    def dumps(self, value: object) -> int | bytes:
        """Raises TypeError for anything else."""
        if type(value) is int:
            return value
        if type(value) is bytes:
            return self._MARK + value
        raise TypeError(f"only whole numbers and bytes are shared, not {type(value).__name__}")

    def loads(self, stored: bytes) -> int | bytes:
        """The value as it was given. Raises ValueError for what nobody here wrote."""
        return stored.removeprefix(self._MARK) if stored.startswith(self._MARK) else int(stored)


class SharedCounts(BaseCache):
    """One of Django's caches: in Valkey, and in this process alone while Valkey is lost.

    It can't be cleared as a whole: the queue lives in the same Valkey.
    """

    def __init__(self, server: str, params: dict[str, Any], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(params)
        waiting = {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}
        self._shared = RedisCache(server, params | {"OPTIONS": {"serializer": NumbersAndBytes, **waiting}})
        self._own = LocMemCache(f"{server} {id(self)}", params | {"OPTIONS": {"MAX_ENTRIES": MOST_KEPT}})
        self._clock = clock
        self._alone_until = 0.0

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("add", key, value, timeout=timeout, version=version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default=default, version=version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", key, value, timeout=timeout, version=version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("touch", key, timeout=timeout, version=version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._ask("delete", key, version=version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Raises ValueError when there is no such count (any more), as all of Django's caches do."""
        return int(self._ask("incr", key, delta=delta, version=version))

    def _ask(self, act: str, *args: Any, **facts: Any) -> Any:
        if self._clock() >= self._alone_until:
            try:
                return getattr(self._shared, act)(*args, **facts)
            except RedisError as lost:
                self._alone_until = self._clock() + QUIET_AFTER_LOSS_SECONDS
                logger.warning("counts_not_shared", extra={"fault": type(lost).__name__})
        return getattr(self._own, act)(*args, **facts)
