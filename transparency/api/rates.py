"""How often one may ask, counted without keeping who asked.

The counts are those of all processes together. The network address is hashed with a key that is made at random for each minute
and lives in the volatile cache alone: when the minute is over the key is gone, and with it the way from a hash to an
address. Nothing is written to disk or to a log.
Behind our own proxy, which withholds addresses on purpose, every request looks the same: then only the limit for
everybody together holds.
"""

import hashlib
import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import BaseCache, caches

WINDOW_SECONDS = 60
ONE_ASKER = 120
"""Requests a minute of one network address (of IPv6: one /64, which is what one household has)."""
EVERYBODY = 3_000
"""Requests a minute of all together."""


@dataclass(frozen=True)
class Room:
    """How much is left in this minute: of what, and for how many seconds."""

    most: int
    left: int
    seconds: int

    @property
    def is_full(self) -> bool:
        """Whether this request was one too many."""
        return self.left < 0

    def headers(self) -> dict[str, str]:
        """As the IETF's draft on rate limit headers says it."""
        return {
            "RateLimit-Policy": f'"minute";q={self.most};w={WINDOW_SECONDS}',
            "RateLimit": f'"minute";r={max(self.left, 0)};t={self.seconds}',
        }


def take(*, address: str, now: datetime) -> Room:
    """Counts one request and says how much room is left: for the asker, or for everybody when that is less."""
    window, passed = divmod(int(now.timestamp()), WINDOW_SECONDS)
    counts = [(EVERYBODY, _count(f"all:{window}"))]
    network = network_of(address)
    if network:
        counts.append((ONE_ASKER, _count(f"{window}:{_hashed(network, window)}")))
    most, count = min(counts, key=lambda each: each[0] - each[1])
    return Room(most=most, left=most - count, seconds=WINDOW_SECONDS - passed)


def network_of(address: str) -> str:
    """What is counted as one asker; empty for addresses that aren't a visitor's own (a proxy's, a private net's)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if not found.is_global:
        return ""
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))


def _hashed(network: str, window: int) -> str:
    key = _counts().get_or_set(f"api-rate-key:{window}", lambda: secrets.token_bytes(32), timeout=2 * WINDOW_SECONDS)
    assert isinstance(key, bytes)
    return hmac.new(key, network.encode(), hashlib.sha256).hexdigest()


def _count(key: str) -> int:
    name, counts = f"api-rate:{key}", _counts()
    counts.add(name, 0, timeout=2 * WINDOW_SECONDS)
    try:
        return int(counts.incr(name))
    except ValueError:  # it went between the two lines, because the cache was full
        counts.set(name, 1, timeout=2 * WINDOW_SECONDS)
        return 1


def _counts() -> BaseCache:
    """What all processes share."""
    return caches["counts"]
