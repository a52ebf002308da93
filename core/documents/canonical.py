"""Canonical JSON (RFC 8785): one value, one sequence of bytes."""

import hashlib
from typing import Any

import rfc8785


def canonical_json(value: Any) -> bytes:
    """The canonical bytes of `value`. Raises rfc8785.CanonicalizationError for what JSON can't say."""
    return rfc8785.dumps(value)


def sha256_hex(content: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
