"""Field encryption: AES-256-GCM, bound to the place where the ciphertext stands.

The place (model, field, row) is the associated data, so a ciphertext moved to another row or column is refused
instead of being read as somebody else's name (NIST SP 800-38D, 5.2.1.1: additional authenticated data).
"""

import secrets
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"


class DecryptionRefused(Exception):
    """A ciphertext is damaged, stands in a foreign place or was made with another key. Never expected."""

    def __init__(self, *, place: "Place") -> None:
        super().__init__(f"the ciphertext at {place.model}.{place.field} of row {place.row} does not belong there")
        self.place = place


@dataclass(frozen=True)
class Place:
    """Where a ciphertext stands."""

    model: str
    field: str
    row: int | UUID

    def as_bytes(self) -> bytes:
        return f"{self.model}/{self.field}/{self.row}".encode()


def new_key() -> bytes:
    """A random AES-256 key."""
    return secrets.token_bytes(KEY_BYTES)


def seal_bytes(*, key: bytes, content: bytes, place: Place) -> bytes:
    """Encrypts `content` for `place`. The answer is version, nonce and ciphertext with its tag."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, content, place.as_bytes())


def open_bytes(*, key: bytes, sealed: bytes, place: Place) -> bytes:
    """Decrypts what `seal_bytes` made for the same place. Raises DecryptionRefused."""
    if sealed[:1] != VERSION:
        raise DecryptionRefused(place=place)
    nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, place.as_bytes())
    except (InvalidTag, ValueError):
        # The cause is cut off: nothing of the content may travel in an exception.
        raise DecryptionRefused(place=place) from None


def seal_text(*, key: bytes, text: str, place: Place) -> bytes | None:
    """Encrypts a text; an empty one is stored as NULL."""
    return seal_bytes(key=key, content=text.encode(), place=place) if text else None


def open_text(*, key: bytes, sealed: bytes | memoryview | None, place: Place) -> str:
    """Decrypts a text; NULL is the empty one. Raises DecryptionRefused."""
    return "" if sealed is None else open_bytes(key=key, sealed=bytes(sealed), place=place).decode()
