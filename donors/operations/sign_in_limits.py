"""How often one may ask to be let in. Counted under keyed hashes, also for addresses that nobody gave from.

Without network addresses the browser's cookie is the only thing that tells visitors apart, and it can be dropped: so the
address is counted as well, and everybody together. Who floods an address keeps its owner from a link for up to an hour;
staff can then send one (`resend_sign_in`), which is not counted.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from donors.addresses import hash_key
from donors.models import SignInCount, SignInScope

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """So many in each window of that length."""

    scope: SignInScope
    window: timedelta
    most: int


ASKING = (
    Limit(SignInScope.ADDRESS, HOUR, 5),
    Limit(SignInScope.ADDRESS, DAY, 12),
    Limit(SignInScope.BROWSER, HOUR, 10),
    Limit(SignInScope.EVERYWHERE, HOUR, 1_000),
)
"""Twelve requests a day with five tries each: sixty codes in a million for who knows a donor's address."""
GUESSING = Limit(SignInScope.WRONG_CODE, HOUR, 200)
"""Past it codes are refused for the rest of the hour; links go on."""


def may_ask(*, address: str, browser: str, now: datetime) -> bool:
    """Counts one request under every limit, and says whether all of them leave room. The work is always the same."""
    keys = {SignInScope.ADDRESS: address.strip().lower(), SignInScope.BROWSER: browser, SignInScope.EVERYWHERE: ""}
    counts = [_count(limit, keys[limit.scope], now=now) for limit in ASKING]
    return all(count <= limit.most for count, limit in zip(counts, ASKING, strict=True))


def may_guess(*, now: datetime) -> bool:
    """Whether there is room for another wrong code."""
    starts_at = _starts_at(GUESSING, now)
    row = SignInCount.objects.filter(scope=GUESSING.scope, key_hash=_key("", GUESSING.scope), starts_at=starts_at)
    return (row.values_list("count", flat=True).first() or 0) < GUESSING.most


def note_wrong_code(*, now: datetime) -> None:
    """Counts a wrong code."""
    _count(GUESSING, "", now=now)


def forget_counts(*, now: datetime) -> int:
    """Deletes the counters of windows that are over. Returns how many."""
    return SignInCount.objects.filter(ends_at__lte=now).delete()[0]


def _count(limit: Limit, key: str, *, now: datetime) -> int:
    """One more, in one statement, so that twenty at once count as twenty. Returns the count."""
    starts_at = _starts_at(limit, now)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO donors_signincount AS c (scope, key_hash, starts_at, ends_at, count) VALUES (%s, %s, %s, %s, 1)"
            " ON CONFLICT (scope, key_hash, starts_at, ends_at) DO UPDATE SET count = c.count + 1 RETURNING c.count",
            [limit.scope.value, _key(key, limit.scope), starts_at, starts_at + limit.window],
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def _starts_at(limit: Limit, now: datetime) -> datetime:
    seconds = int(limit.window.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=UTC)


def _key(text: str, scope: SignInScope) -> bytes:
    message = f"sign-in count:{scope.value}:{text}".encode("utf-8", "replace")
    return hmac.new(hash_key(), message, hashlib.sha256).digest()
