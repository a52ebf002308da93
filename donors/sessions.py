"""Sessions of donors: thirty minutes idle, twelve hours at most, ended by sign-out and by erasure."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from donors.models import DonorSession

COOKIE = "my_giving"
"""Not "giving": that one is the key to a form begun on the storefront, and both may stand in one browser."""
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
TOUCHED_EACH = timedelta(seconds=20)
"""A page and what it loads are one sign of life: the row is not written anew for each of them."""


@dataclass(frozen=True)
class NewSession:
    """Somebody is let in. The token goes into the cookie and nowhere else; its repr is empty on purpose."""

    token: str = field(repr=False)
    donor_id: int
    next_path: str
    """A path of this site where the donor wanted to go, or empty."""


def start_session(*, donor_id: int, now: datetime) -> str:
    """A new session's token. Call it once whoever asks has proved to read the donor's mail."""
    token = secrets.token_urlsafe(32)
    DonorSession.objects.create(token_hash=_hash(token), donor_id=donor_id, created_at=now, last_seen_at=now)
    return token


def current_donor(*, token: str | None, now: datetime) -> int | None:
    """Whose session this is, and a sign of life for it; None for an unknown, ended, idle or too old one."""
    if not token:
        return None
    session = DonorSession.objects.filter(_alive(now), token_hash=_hash(token), donor__erased_at__isnull=True).first()
    if session is None:
        return None
    if session.last_seen_at <= now - TOUCHED_EACH:
        # Never backwards: of two requests at once the slower one must not shorten the session.
        DonorSession.objects.filter(pk=session.pk, last_seen_at__lt=now).update(last_seen_at=now)
    return session.donor_id


def end_session(*, token: str | None) -> None:
    """Signs this browser out. May run twice."""
    if token:
        DonorSession.objects.filter(token_hash=_hash(token)).delete()


def end_all(*, donor_id: int) -> int:
    """Signs the donor out everywhere. Returns how many sessions there were."""
    return DonorSession.objects.filter(donor_id=donor_id).delete()[0]


def sweep_sessions(*, now: datetime) -> int:
    """Deletes what is idle for too long or too old. Returns how many."""
    return DonorSession.objects.exclude(_alive(now)).delete()[0]


def _alive(now: datetime) -> Q:
    return Q(last_seen_at__gt=now - IDLE, created_at__gt=now - LONGEST)


def _hash(token: str) -> bytes:
    return hashlib.sha256(b"donor session" + token.encode("utf-8", "replace")).digest()
