"""The keys that sign checkpoints, and signed notes (C2SP signed-note, tlog-checkpoint).

`SEAL_SIGNING_KEYS` holds base64url seeds of 32 bytes (Ed25519, RFC 8032). The first signs. A new one is put in front and
the old one kept until the log has taken note of it (`manage.py seal_rotate_key`, or the next publication).
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ED25519 = b"\x01"
"""The algorithm's number in a C2SP key."""
KEY_BYTES = 32
KEY_ID_BYTES = 4


@dataclass(frozen=True)
class SigningKey:
    """One key under the log's name. The private part has no repr."""

    name: str
    public: bytes
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def vkey(self) -> str:
        """How the key is told: name, id and public key, as C2SP writes it."""
        encoded = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{key_id(name=self.name, public=self.public).hex()}+{encoded}"

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self.private.sign(message)


def key_id(*, name: str, public: bytes) -> bytes:
    """The first four bytes of SHA-256 over name, line feed, algorithm and key (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:KEY_ID_BYTES]


def fingerprint(*, public: bytes) -> str:
    """Sixteen bytes of the public key's SHA-256 as base64url: what stands in a donor's link, and leaves our hands with it."""
    return base64.urlsafe_b64encode(hashlib.sha256(public).digest()[:16]).decode().rstrip("=")


def signing_keys() -> list[SigningKey]:
    """The configured keys under the log's name, the one that signs first. Raises ImproperlyConfigured."""
    configured = settings.SEAL_SIGNING_KEYS
    parts = tuple(configured.split(",") if isinstance(configured, str) else configured)
    name = log_name()
    return [SigningKey(name=name, public=public, private=private) for public, private in _parsed(parts)]


def log_name() -> str:
    """The log's name, its origin: by C2SP an address without its scheme."""
    if settings.SEAL_ORIGIN:
        return str(settings.SEAL_ORIGIN)
    return f"{urlsplit(settings.SITE_URL).netloc}/seal"


def signed_note(*, text: str, keys: list[SigningKey]) -> str:
    """The text (ending in a line feed), an empty line, and a signature line of each key."""
    lines = []
    for key in keys:
        signature = key_id(name=key.name, public=key.public) + key.sign(text.encode())
        lines.append(f"\u2014 {key.name} {base64.b64encode(signature).decode()}\n")
    return f"{text}\n{''.join(lines)}"


def is_signed(*, public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the key made the signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=8)
def _parsed(configured: tuple[str, ...]) -> list[tuple[bytes, Ed25519PrivateKey]]:
    keys = []
    for position, text in enumerate((part.strip() for part in configured), start=1):
        try:
            seed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            seed = b""
        if len(seed) != KEY_BYTES:
            raise ImproperlyConfigured(f"SEAL_SIGNING_KEYS: key {position} is not base64url of 32 bytes")
        private = Ed25519PrivateKey.from_private_bytes(seed)
        keys.append((private.public_key().public_bytes_raw(), private))
    if not keys:
        raise ImproperlyConfigured("SEAL_SIGNING_KEYS is empty: no report can be published")
    return keys
