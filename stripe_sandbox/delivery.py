"""Sends events to webhook endpoints in the background: signed, timed out, tried again, each endpoint on its own."""

import heapq
import http.client
import json
import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from stripe_sandbox import __version__, signature
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.kinds import shown
from stripe_sandbox.world import World


class Delivery:
    """A lane with its own thread for each endpoint, so that one that hangs delays nobody else's."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lanes: dict[str, _Lane] = {}
        self._lock = threading.Lock()
        self._stopped = False
        self.holding = False
        self.enqueue(world.store.where("_delivery", "state", "due"))

    def enqueue(self, deliveries: Iterable[JsonObject]) -> None:
        """Send these when they are due; those that are held wait for ``release``."""
        for delivery in deliveries:
            if delivery["state"] == "due":
                self._lane(delivery["endpoint"]).put(delivery["id"], time.monotonic() + delivery["delay"])

    def release(self, *, order: str = "first_come", timeout: float = 30.0) -> list[JsonObject]:
        """Send at once what is held, delayed or waits for another attempt, and wait for the outcome.

        ``order`` is ``first_come``, ``reverse`` or ``shuffled``. Returns the deliveries that were open.
        """
        with self._world.act():
            open_ones = [
                each for state in ("due", "held") for each in self._world.store.where("_delivery", "state", state)
            ]
            waiting = sorted(open_ones, key=lambda each: self._world.store.place(each["id"]))
            if order == "reverse":
                waiting.reverse()
            elif order == "shuffled":
                self._world.faults.random.shuffle(waiting)
            for delivery in waiting:
                self._world.store.change(delivery, state="due", delay=0)
        for delivery in waiting:
            self._lane(delivery["endpoint"]).put(delivery["id"], time.monotonic())
        self.wait(timeout)
        return waiting

    def wait(self, timeout: float = 30.0) -> bool:
        """Wait until nothing is due at this moment; whether that came in time."""
        deadline = time.monotonic() + timeout
        with self._lock:
            lanes = list(self._lanes.values())
        return all(lane.wait_idle(deadline) for lane in lanes)

    def stop(self) -> None:
        """Send nothing more. What was not sent stays due in the state file."""
        self._stopped = True
        with self._lock:
            for lane in self._lanes.values():
                lane.stop()

    def _lane(self, endpoint: str) -> "_Lane":
        with self._lock:
            if endpoint not in self._lanes:
                self._lanes[endpoint] = _Lane(self, endpoint)
            return self._lanes[endpoint]

    def attempt(self, identifier: str) -> float | None:
        """Send one delivery once; returns the seconds until its next attempt, None when there is none."""
        world = self._world
        with world.lock:
            delivery = world.store.get("_delivery", identifier)
            if self._stopped or delivery is None or delivery["state"] != "due":
                return None
            endpoint = world.store.get("webhook_endpoint", delivery["endpoint"])
            event = world.store.get("event", delivery["event"])
            if endpoint is None or event is None or endpoint["status"] != "enabled":
                with world.act():
                    world.store.change(delivery, state="abandoned")
                return None
            body = json.dumps(shown(world, event), indent=2, ensure_ascii=False)
            secrets = _secrets(endpoint)
        outcome = _post(endpoint["url"], body, secrets, world.settings.delivery_timeout)
        with world.lock:
            if self._stopped:
                return None
            return self._note(delivery, event, outcome)

    def _note(self, delivery: JsonObject, event: JsonObject, outcome: dict[str, Any]) -> float | None:
        world = self._world
        attempts = [*delivery["attempts"], {"at": int(time.time()), **outcome}]
        delivered = 200 <= outcome.get("status", 0) < 300
        delays = world.settings.retry_delays
        state = "delivered" if delivered else "due" if len(attempts) <= len(delays) else "failed"
        with world.act():
            world.store.change(delivery, state=state, attempts=attempts, delay=0)
            if delivered:
                world.store.change(event, pending_webhooks=_pending(world, event))
        return delays[len(attempts) - 1] if state == "due" else None


class _Lane:
    """The deliveries of one endpoint, earliest first."""

    def __init__(self, owner: Delivery, endpoint: str) -> None:
        self._owner = owner
        self._queue: list[tuple[float, int, str]] = []
        self._condition = threading.Condition()
        self._count = 0
        #: The one entry of each delivery that counts; those before it in the queue are passed over.
        self._latest: dict[str, int] = {}
        self._busy = False
        self._running = True
        threading.Thread(target=self._run, name=f"webhooks of {endpoint}", daemon=True).start()

    def put(self, identifier: str, at: float) -> None:
        """Send it at ``at`` (monotonic time), instead of when it was to be sent before."""
        with self._condition:
            self._count += 1
            self._latest[identifier] = self._count
            heapq.heappush(self._queue, (at, self._count, identifier))
            self._condition.notify_all()

    def wait_idle(self, deadline: float) -> bool:
        with self._condition:
            while self._running and self._is_working():
                if not self._condition.wait(max(0.0, deadline - time.monotonic())) and time.monotonic() >= deadline:
                    return False
        return True

    def _is_working(self) -> bool:
        self._forget_replaced()
        return self._busy or (bool(self._queue) and self._queue[0][0] <= time.monotonic())

    def stop(self) -> None:
        with self._condition:
            self._running = False
            self._condition.notify_all()

    def _run(self) -> None:
        while (identifier := self._next()) is not None:
            delay: float | None = None
            try:
                delay = self._owner.attempt(identifier)
            finally:
                with self._condition:
                    self._busy = False
                    self._condition.notify_all()
            if delay is not None:
                self.put(identifier, time.monotonic() + delay)

    def _next(self) -> str | None:
        with self._condition:
            while self._running:
                self._forget_replaced()
                now = time.monotonic()
                if self._queue and self._queue[0][0] <= now:
                    self._busy = True
                    identifier = heapq.heappop(self._queue)[2]
                    del self._latest[identifier]
                    return identifier
                self._condition.wait(self._queue[0][0] - now if self._queue else None)
        return None

    def _forget_replaced(self) -> None:
        while self._queue and self._latest.get(self._queue[0][2]) != self._queue[0][1]:
            heapq.heappop(self._queue)


def _secrets(endpoint: JsonObject) -> list[str]:
    now = time.time()
    return [each["secret"] for each in endpoint["_secrets"] if each["until"] is None or each["until"] > now]


def _pending(world: World, event: JsonObject) -> int:
    """How many endpoints have not taken the event yet, those that never will included."""
    deliveries = [world.store.find(identifier) for identifier in event["_deliveries"]]
    return len({each["endpoint"] for each in deliveries if each and each["state"] not in ("delivered", "abandoned")})


def _post(url: str, body: str, secrets: list[str], timeout: float) -> dict[str, Any]:
    """One attempt: the status that came back, or why none did. Redirects are failures, as they are at Stripe."""
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    try:
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(
                parts.hostname or "", parts.port, timeout=timeout, context=ssl.create_default_context()
            )
        else:
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature.header(body, secrets, int(time.time())),
            "User-Agent": f"Stripe/1.0 (stripe_sandbox {__version__})",
            "Connection": "close",
        }
        try:
            connection.request(
                "POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body.encode(), headers
            )
            response = connection.getresponse()
            response.read(1024)
            return {"status": response.status}
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        return {"status": 0, "error": type(error).__name__}
