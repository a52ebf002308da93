"""One sandbox: its objects, clock, faults and webhooks, behind one lock."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stripe_sandbox.clock import Clock
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.faults import Faults
from stripe_sandbox.ids import Ids
from stripe_sandbox.store import Store

if TYPE_CHECKING:
    from stripe_sandbox.delivery import Delivery


@dataclass
class Settings:
    """What a sandbox is started with."""

    account: str = "acct_1SandboxAccount0"
    state: Path | None = None
    seed: str | None = None
    #: Seconds to wait for a webhook's receiver, and between the attempts.
    delivery_timeout: float = 20.0
    retry_delays: tuple[float, ...] = (1.0, 5.0, 30.0, 120.0, 600.0)
    #: Compare each answer with the SDK's classes and answer 500 where it differs. For tests of the sandbox itself.
    check_answers: bool = False
    #: Whether the account may charge BLIK again without the payer, as few accounts may.
    blik_recurring: bool = False
    #: Forget events older than this, as Stripe does after 30 days; None keeps all. For runs over years.
    events_kept_days: int | None = None
    #: Where browsers find the hosted pages; filled in when the server has its port.
    base_url: str = ""


@dataclass
class Cause:
    """The request that is being answered, as events name it."""

    request_id: str | None = None
    idempotency_key: str | None = None


@dataclass
class World:
    """Everything a handler may read or change. Handlers run one at a time, inside ``act``."""

    settings: Settings
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.store = Store(self.settings.state)
        seed = self.store.fact("seed")
        if seed is None or self.settings.seed is not None:
            # A state file written under another seed goes on with its own counters, so no id comes twice.
            seed = self.settings.seed if self.settings.seed is not None else secrets.token_hex(8)
            self.store.set_fact("seed", seed)
        if (kept := self.store.fact("clock")) is not None:
            self.clock.restore(kept)
        self.ids = Ids(seed, self.store.fact("counters"))
        self.faults = Faults(seed)
        self.cause = Cause()
        self.delivery: Delivery | None = None
        self._to_deliver: list[JsonObject] = []
        self._depth = 0

    def now(self) -> int:
        """Seconds since the epoch by the sandbox's clock."""
        return self.clock.now()

    def move_clock(self, *, now: int | None = None, offset: int | None = None, stopped: bool = False) -> None:
        """Move the sandbox's clock and keep where it stands. What falls due by it is not done yet."""
        with self.act():
            self.clock.move(now=now, offset=offset, stopped=stopped)
            self.store.set_fact("clock", self.clock.kept())

    @contextmanager
    def at_time_of(self, obj: JsonObject) -> Iterator[None]:
        """Inside it is the time of the test clock that an object is attached to, if it is."""
        clock = self.store.get("test_helpers.test_clock", obj.get("test_clock") or "")
        if clock is None:
            yield
            return
        with self.clock.standing_at(clock["frozen_time"], is_test_clock=True):
            yield

    @contextmanager
    def act(self, cause: Cause | None = None) -> Iterator[None]:
        """All that happens inside happens at once, or not at all; its webhooks leave afterwards."""
        with self.lock:
            before, waiting = self.cause, len(self._to_deliver)
            self.cause = cause or before
            self._depth += 1
            try:
                with self.store.saving():
                    yield
                    self.store.set_fact("counters", self.ids.counters)
            except BaseException:
                del self._to_deliver[waiting:]
                raise
            finally:
                self.cause = before
                self._depth -= 1
            if self._depth == 0:
                leaving, self._to_deliver = self._to_deliver, []
                if self.delivery is not None:
                    self.delivery.enqueue(leaving)

    def send_after(self, delivery: JsonObject) -> None:
        """Hand a delivery over once the present act has succeeded."""
        self._to_deliver.append(delivery)

    def close(self) -> None:
        """Stop the deliveries and close the file."""
        if self.delivery is not None:
            self.delivery.stop()
        with self.lock:
            self.store.close()
