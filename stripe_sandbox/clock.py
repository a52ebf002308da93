"""The sandbox's time: the machine's own, moved by an offset or stopped."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Seconds since the epoch, as every ``created`` of the sandbox shows them.

    Webhook signatures don't use it: a receiver compares those with its own clock.
    """

    def __init__(self) -> None:
        self._offset = 0
        self._stopped_at: int | None = None
        self._standing_at: int | None = None
        self._is_test_clock = False

    def now(self) -> int:
        """Whole seconds since the epoch by this clock."""
        if self._standing_at is not None:
            return self._standing_at
        return self._own()

    def of_account(self) -> int:
        """The same, but never a test clock's: what is listed by time must not stand before what comes later."""
        return self._own() if self._standing_at is None or self._is_test_clock else self._standing_at

    def _own(self) -> int:
        return self._stopped_at if self._stopped_at is not None else int(time.time()) + self._offset

    @contextmanager
    def standing_at(self, second: int, *, is_test_clock: bool = False) -> Iterator[None]:
        """It is ``second`` inside, for what should have happened then. Used under the world's lock."""
        before = self._standing_at, self._is_test_clock
        self._standing_at, self._is_test_clock = second, is_test_clock
        try:
            yield
        finally:
            self._standing_at, self._is_test_clock = before

    @property
    def offset(self) -> int:
        """Seconds by which this clock differs from the machine's."""
        return self._own() - int(time.time())

    @property
    def stopped(self) -> bool:
        """Whether the clock stands still."""
        return self._stopped_at is not None

    def move(self, *, now: int | None = None, offset: int | None = None, stopped: bool = False) -> None:
        """Set the clock to ``now``, or to the machine's time plus ``offset`` seconds; it runs on unless ``stopped``."""
        if now is not None:
            self._offset = now - int(time.time())
        elif offset is not None:
            self._offset = offset
        self._stopped_at = None
        if stopped:
            self._stopped_at = int(time.time()) + self._offset if now is None else now

    def kept(self) -> dict[str, int | None]:
        """What to keep of it, so that it goes on after a restart as it would have gone on without one."""
        return {"offset": self._offset, "stopped_at": self._stopped_at}

    def restore(self, kept: dict[str, int | None]) -> None:
        """Go on from what was kept."""
        self._offset, self._stopped_at = kept["offset"] or 0, kept["stopped_at"]
