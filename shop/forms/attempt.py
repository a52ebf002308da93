"""One attempt to give: what makes a double click, a reload or twenty parallel posts one and the same donation.

A page that is shown holds a fresh secret, signed. The key of the intent is made of that secret and of everything that
would make it another donation. The same page sent twice has the same key; the same page sent with another sum has
another.
"""

import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.core import signing

from core.documents.canonical import canonical_json

SALT = "shop.attempt"
LONGEST_OPEN_SECONDS = 24 * 3600
"""A page left open for longer has to be sent once more: its sums and terms may be yesterday's."""
NUMBER_LENGTH = 20
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_attempt() -> str:
    """A secret for a page about to be shown."""
    return secrets.token_urlsafe(18)


def sign_attempt(attempt: str) -> str:
    """The form of the secret that stands in the page's hidden field."""
    return signing.dumps(attempt, salt=SALT)


def read_attempt(signed: str) -> str | None:
    """The secret that came back, or None when it was tampered with or is too old."""
    try:
        attempt = signing.loads(signed, salt=SALT, max_age=LONGEST_OPEN_SECONDS)
    except signing.BadSignature:
        return None
    return attempt if isinstance(attempt, str) else None


def number_of(*, attempt: str, content: Mapping[str, Any], turn: int = 0) -> str:
    """A number for the donation of this attempt: unguessable, and the same for the same attempt, content and turn.

    `content` is plain JSON: lines, sums, and what was typed. `turn` counts up when the donation before it is dead
    (expired, cancelled, failed), so that one who sends the same page again can still give.
    """
    digest = sha256(canonical_json({"attempt": attempt, "content": dict(content), "turn": turn})).digest()
    value = int.from_bytes(digest, "big")
    letters = []
    for _ in range(NUMBER_LENGTH):
        value, index = divmod(value, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    return "".join(letters)
