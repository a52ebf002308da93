"""Wrapping keys: they stand in the environment, and wrap the keys that stand in the database.

`DONOR_KEY_WRAPPING_KEYS` holds base64url keys of 32 bytes. The first wraps; all unwrap, so a new key can be put in
front, `manage.py rotate_wrapping_key` run, and the old one taken away.
"""

import base64
import binascii
import hashlib
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from donors.crypto import KEY_BYTES, DecryptionRefused, Place, open_bytes, seal_bytes

KEY_ID_BYTES = 8


class WrappingKeyMissing(Exception):
    """The key that wrapped a data key is not in the environment: it was taken away too early. Not expected."""

    def __init__(self, *, key_id: str) -> None:
        super().__init__(f"wrapping key {key_id} is not among DONOR_KEY_WRAPPING_KEYS")
        self.key_id = key_id


def wrap(*, key: bytes, place: Place) -> bytes:
    """Encrypts a data key under the first wrapping key."""
    key_id, wrapping_key = next(iter(_keys().items()))
    return bytes.fromhex(key_id) + seal_bytes(key=wrapping_key, content=key, place=place)


def unwrap(*, wrapped: bytes | memoryview, place: Place) -> bytes:
    """Decrypts a data key. Raises WrappingKeyMissing, DecryptionRefused."""
    blob = bytes(wrapped)
    key_id = blob[:KEY_ID_BYTES].hex()
    wrapping_key = _keys().get(key_id)
    if wrapping_key is None:
        if len(blob) <= KEY_ID_BYTES:
            raise DecryptionRefused(place=place)
        raise WrappingKeyMissing(key_id=key_id)
    return open_bytes(key=wrapping_key, sealed=blob[KEY_ID_BYTES:], place=place)


def rewrap(*, wrapped: bytes | memoryview, place: Place) -> bytes:
    """The same content under the key that wraps now: for whatever was sealed directly under a wrapping key.

    Raises WrappingKeyMissing, DecryptionRefused.
    """
    return wrap(key=unwrap(wrapped=wrapped, place=place), place=place)


def key_id_of(wrapped: bytes | memoryview) -> str:
    """The id of the key that wrapped this, to find what still needs an old one."""
    return bytes(wrapped)[:KEY_ID_BYTES].hex()


def current_key_id() -> str:
    """The id (16 hex digits of a hash, not secret) of the key that wraps now."""
    return next(iter(_keys()))


def _keys() -> dict[str, bytes]:
    configured = settings.DONOR_KEY_WRAPPING_KEYS
    return parse_keys(tuple(configured.split(",") if isinstance(configured, str) else configured))


@lru_cache(maxsize=8)
def parse_keys(configured: tuple[str, ...]) -> dict[str, bytes]:
    """Wrapping keys by id, the first first. Raises ImproperlyConfigured, which names the position and never the key."""
    keys: dict[str, bytes] = {}
    for position, text in enumerate((part.strip() for part in configured), start=1):
        key = _decoded(text)
        if len(key) != KEY_BYTES:
            raise ImproperlyConfigured(f"DONOR_KEY_WRAPPING_KEYS: key {position} is not base64url of 32 bytes")
        keys[hashlib.sha256(b"donors wrapping key id" + key).digest()[:KEY_ID_BYTES].hex()] = key
    if not keys:
        raise ImproperlyConfigured("DONOR_KEY_WRAPPING_KEYS is empty: no personal data can be stored")
    return keys


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
