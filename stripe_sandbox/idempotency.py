"""Idempotency keys: the first answer is kept and given again, whatever it was."""

import hashlib
import threading

from stripe_sandbox.errors import ApiError, JsonObject
from stripe_sandbox.world import World

#: Stripe forgets a key after a day at the earliest.
_KEPT_SECONDS = 24 * 3600
_LONGEST_KEY = 255


class Idempotency:
    """Keys in use and keys answered. The latter are kept with the other objects, so they outlive a restart."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.in_use: set[str] = set()
        self._lock = threading.Lock()

    def begin(self, key: str, method: str, path: str, body: str) -> JsonObject | None:
        """The answer that was kept for this key, or None when the call may go on (then ``end`` it).

        Raises ApiError: 400 when the key came with another call or other parameters, 409 while it is in use.
        """
        if len(key) > _LONGEST_KEY:
            raise ApiError(f"Idempotency-Key can be at most {_LONGEST_KEY} characters.", kind="idempotency_error")
        print_of_call = hashlib.sha256(f"{method} {path}\n{body}".encode()).hexdigest()
        with self._lock:
            if key in self.in_use:
                raise ApiError(
                    f"There is currently another in-progress request using this Idempotent Key: {key}. Please try "
                    "again later.",
                    status=409,
                    kind="idempotency_error",
                    code="idempotency_key_in_use",
                )
            with self._world.lock:
                kept = self._kept(key)
            if kept is not None and kept["call"] != print_of_call:
                raise ApiError(
                    "Keys for idempotent requests can only be used with the same parameters they were first used "
                    f"with. Try using a key other than '{key}' if you meant to execute a different request.",
                    kind="idempotency_error",
                )
            if kept is None:
                self.in_use.add(key)
            return kept

    def keep(
        self, key: str, method: str, path: str, body: str, *, status: int, answer: JsonObject, request: str
    ) -> None:
        """Keep the answer, in the same act as the call's effect."""
        self._forget_old()
        kept = self._world.store.find(_id(key))
        if kept is not None:
            self._world.store.remove(kept)
        print_of_call = hashlib.sha256(f"{method} {path}\n{body}".encode()).hexdigest()
        facts = {"created": self._world.now(), "call": print_of_call, "status": status, "request": request}
        self._world.store.add({"object": "_idempotency", "id": _id(key), **facts, "answer": answer})

    def end(self, key: str) -> None:
        """The call is over; its key is free or answered."""
        with self._lock:
            self.in_use.discard(key)

    def _forget_old(self) -> None:
        store, now = self._world.store, self._world.now()
        while (oldest := next(store.all("_idempotency"), None)) and oldest["created"] + _KEPT_SECONDS < now:
            store.remove(oldest)

    def _kept(self, key: str) -> JsonObject | None:
        kept = self._world.store.find(_id(key))
        if kept is None or kept["created"] + _KEPT_SECONDS < self._world.now():
            return None
        return kept


def _id(key: str) -> str:
    return f"_idempotency:{key}"
