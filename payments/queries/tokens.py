"""What a capability token can look like."""

import re

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,43}")


def is_token(text: str) -> bool:
    """Whether it could be one at all: what can't (a NUL, which the database refuses, or a whole book) finds nothing."""
    return _TOKEN.fullmatch(text) is not None
