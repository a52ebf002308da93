"""The ``Stripe-Signature`` header, scheme v1."""

import hashlib
import hmac
from collections.abc import Iterable


def header(body: str, secrets: Iterable[str], at: int) -> str:
    """The header for a body, signed at ``at`` (machine time) with each secret; two while one replaces the other."""
    payload = f"{at}.{body}".encode()
    signatures = [hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={at}", *(f"v1={signature}" for signature in signatures)])
