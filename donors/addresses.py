"""E-mail addresses: made exact, hashed with a key, masked."""

import enum
import hashlib
import hmac
import unicodedata

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets


class EmailProblem(enum.StrEnum):
    """Why an address is refused."""

    EMPTY = "empty"
    """Nothing was given."""
    TOO_LONG = "too_long"
    """Longer than a mail server must accept."""
    MALFORMED = "malformed"
    """Not an address: no @, spaces, line breaks or control characters inside."""


class EmailRefused(ValueError):
    """An address can't be used. Expected: people mistype. Carries the reason, never the address."""

    def __init__(self, reason: EmailProblem) -> None:
        super().__init__(f"the e-mail address is refused: {reason.value}")
        self.reason = reason


def clean_email(text: str) -> str:
    """The address as it is written to: outer spaces gone, NFC, domain in lower case. Raises EmailRefused."""
    address = unicodedata.normalize("NFC", text.strip(" "))
    if not address:
        raise EmailRefused(EmailProblem.EMPTY)
    if len(address) > MAX_LENGTH:
        raise EmailRefused(EmailProblem.TOO_LONG)
    if any(unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp", "Zs"} for char in address):
        raise EmailRefused(EmailProblem.MALFORMED)
    try:
        validate_email(address)
    except ValidationError:
        raise EmailRefused(EmailProblem.MALFORMED) from None
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def hash_email(address: str) -> bytes:
    """HMAC-SHA256 of the exact address in lower case, under DONOR_HASH_KEY: finds a donor, and is no list of addresses.

    Mailboxes that differ in case alone are one, as at every provider in use. Raises EmailRefused.
    """
    return hmac.new(hash_key(), b"email:" + clean_email(address).lower().encode(), hashlib.sha256).digest()


def mask_email(address: str) -> str:
    """First letter of the mailbox and of the domain, and the last label: `a***@e***.org`. Empty stays empty."""
    local, _, domain = address.rpartition("@")
    host, _, top = domain.rpartition(".")
    return f"{local[:1]}***@{host[:1]}***.{top}" if address else ""


def hash_key() -> bytes:
    """DONOR_HASH_KEY as bytes. Raises ImproperlyConfigured."""
    key: str = settings.DONOR_HASH_KEY
    if not key:
        raise ImproperlyConfigured("DONOR_HASH_KEY is empty: donors can't be found again")
    return key.encode()
