"""Names that stand in addresses and forms: codes of needs, slugs of packages."""

import re

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST = 80


def name_in(typed: str) -> str:
    """What was sent, as far as it can be a name; anything else becomes a name that nothing has."""
    return "-" if not typed or len(typed) > _LONGEST or _NOT_IN_NAMES.search(typed) else typed
