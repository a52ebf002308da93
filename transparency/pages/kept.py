"""What was made once and is asked for often: kept in memory, and never more than so many of it."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The newest `most` things by their key, in this process. A key holds the hash of the content, so nothing grows old."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._things: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under `key`, made now if it isn't. Two at once may both make it, which costs time and no more."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]
        made = make()
        with self._lock:
            self._things[key] = made
            while len(self._things) > self._most:
                self._things.popitem(last=False)
        return made

    def knows(self, key: Hashable) -> bool:
        """Whether it is there already."""
        return key in self._things

    def clear(self) -> None:
        """Forgets everything, for tests."""
        with self._lock:
            self._things.clear()
