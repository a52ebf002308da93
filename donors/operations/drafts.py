"""Checkout drafts: what was typed stays a day, readable only with the token that the donor's browser holds.

The key is derived (HKDF-SHA256, RFC 5869) from the token, salted with DONOR_HASH_KEY; the row holds the token's hash.
So neither a copy of the database nor a token found in it is enough.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from donors.addresses import hash_key
from donors.crypto import KEY_BYTES, open_bytes, seal_bytes
from donors.models import CheckoutDraft
from donors.row_ids import next_id
from donors.vault import place_of

LIFETIME = timedelta(hours=24)
MAX_CONTENT_BYTES = 32_768


class DraftTooLarge(ValueError):
    """A draft holds more than a checkout form can. Expected only of those who try. Carries the size."""

    def __init__(self, *, size: int) -> None:
        super().__init__(f"a draft of {size} bytes is larger than {MAX_CONTENT_BYTES}")
        self.size = size


def save_draft(*, token: str | None, data: Mapping[str, Any], now: datetime) -> str:
    """Keeps `data` (plain JSON) for 24 hours. Returns `token`, or a new one if that is unknown or expired.

    A token that a stranger made up is never adopted. Raises DraftTooLarge.
    """
    content = json.dumps(data, ensure_ascii=False).encode()
    if len(content) > MAX_CONTENT_BYTES:
        raise DraftTooLarge(size=len(content))
    draft = _live(token, now=now) if token else None
    if draft is None or token is None:
        token = secrets.token_urlsafe(32)
        draft = CheckoutDraft(id=next_id(CheckoutDraft), token_hash=_token_hash(token))
    draft.content = seal_bytes(key=_key(token), content=content, place=place_of(draft, "content"))
    draft.written_at, draft.expires_at = now, now + LIFETIME
    draft.save(force_insert=draft._state.adding)
    return token


def load_draft(*, token: str | None, now: datetime) -> dict[str, Any]:
    """What was typed; empty if there is none, or no more. Raises crypto.DecryptionRefused."""
    draft = _live(token, now=now) if token else None
    if draft is None or token is None:
        return {}
    content = open_bytes(key=_key(token), sealed=bytes(draft.content), place=place_of(draft, "content"))
    data: dict[str, Any] = json.loads(content)
    return data


def drop_draft(*, token: str | None) -> None:
    """Forgets a draft, as when the gift is on its way."""
    if token:
        CheckoutDraft.objects.filter(token_hash=_token_hash(token)).delete()


def expire_drafts(*, now: datetime) -> int:
    """Forgets every draft older than a day. Returns how many."""
    return CheckoutDraft.objects.filter(expires_at__lte=now).delete()[0]


def _live(token: str, *, now: datetime) -> CheckoutDraft | None:
    return CheckoutDraft.objects.filter(token_hash=_token_hash(token), expires_at__gt=now).first()


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(b"donors draft token" + token.encode("utf-8", "replace")).digest()


def _key(token: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=hash_key(), info=b"donors draft key").derive(token.encode())
