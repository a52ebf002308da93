"""Faults on demand, drawn from a seed so that the same run fails the same way again."""

import fnmatch
import random
from dataclasses import asdict, dataclass, field
from typing import Any

#: What can be made to go wrong. Each is taken by the one place that can do it.
KINDS = {
    "error": "a matching call is answered with an error (`status`, `code`), `when` before or after its effect",
    "timeout": "a matching call gets no answer: the line closes after `seconds`, `when` before or after its effect",
    "slow": "a matching call is answered `seconds` later",
    "webhook_drop": "a matching event is never delivered; it stays listed as undelivered",
    "webhook_duplicate": "a matching event is delivered `copies` times",
    "webhook_delay": "a matching event is delivered `seconds` later, or only when asked (no `seconds`)",
    "webhook_reorder": "matching events wait until there are `window` of them, then leave in a shuffled order",
    "event_never_made": "a matching event does not come to exist at all",
    "late_balance_transaction": "a charge gets its balance transaction `seconds` later, or only when released",
    "refund_fails_later": "a refund succeeds, then fails `seconds` later, or only when released",
    "refund_pending": "a refund stays pending for `seconds`, or until released",
    "payout_fails": "a payout fails on the day it should arrive, or `when` after: is paid and fails `seconds` later",
    "payout_part_missing": "a part of a payout isn't listed for `seconds`, or until released",
    "payment_pending": "a BLIK or P24 payment is confirmed by the bank `seconds` later, or only when released",
}


@dataclass
class Fault:
    """One thing that is to go wrong: for which calls or events, from the how-manieth, how often."""

    id: str
    kind: str
    method: str = "*"
    path: str = "*"
    event_type: str = "*"
    #: The first match that fails, counted from 1, and how many do; None for all that follow.
    nth: int = 1
    times: int | None = 1
    probability: float = 1.0
    options: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    struck: int = 0


class Faults:
    """The faults in force. Guarded by the world's lock."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self.random = random.Random(f"faults:{seed}")
        self._faults: list[Fault] = []
        self._made = 0

    def add(self, kind: str, **facts: Any) -> dict[str, Any]:
        """Put a fault in force; raises ValueError for a kind or a fact it doesn't know."""
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}")
        named = {name: facts.pop(name) for name in _CHOICES if name in facts}
        unknown = set(facts) - _OPTIONS
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        for name, value in {**facts, **named}.items():
            if name in _NUMBERS and not _is_number(value, whole=name in _WHOLE_NUMBERS):
                raise ValueError(f"{name} must be a number, not {value!r}")
        self._made += 1
        fault = Fault(id=f"flt_{self._made}", kind=kind, options=facts, **named)
        self._faults.append(fault)
        return asdict(fault)

    def all(self) -> list[dict[str, Any]]:
        """Every fault with how often it matched and struck."""
        return [asdict(fault) for fault in self._faults]

    def clear(self) -> None:
        """Take all faults out of force and begin the random sequence again."""
        self._faults.clear()
        self.random = random.Random(f"faults:{self._seed}")

    def strike(self, kind: str, *, method: str = "", path: str = "", event_type: str = "") -> dict[str, Any] | None:
        """Whether this happening is to fail: the options of the first fault that strikes, else None."""
        for fault in self._faults:
            if fault.kind != kind or not _matches(fault, method, path, event_type):
                continue
            fault.seen += 1
            spent = fault.times is not None and fault.struck >= fault.times
            if fault.seen < fault.nth or spent or self.random.random() >= fault.probability:
                continue
            fault.struck += 1
            return dict(fault.options)
        return None


_CHOICES = ("method", "path", "event_type", "nth", "times", "probability")
_WHOLE_NUMBERS = {"nth", "times", "status", "copies", "window"}
_NUMBERS = {*_WHOLE_NUMBERS, "probability", "seconds"}
_OPTIONS = {"status", "code", "message", "type", "decline_code", "when", "seconds", "copies", "window", "outcome"}


def _matches(fault: Fault, method: str, path: str, event_type: str) -> bool:
    return (
        fnmatch.fnmatchcase(method, fault.method)
        and fnmatch.fnmatchcase(path, fault.path)
        and fnmatch.fnmatchcase(event_type, fault.event_type)
    )


def _is_number(value: Any, *, whole: bool) -> bool:
    """Whether this can be a count or a measure; ``times`` may be None, for ever."""
    if value is None:
        return True
    return isinstance(value, int if whole else (int, float)) and not isinstance(value, bool) and bool(value >= 0)
