"""System checks: without its keys this room can store nothing, and says so before the first donor does."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from donors import wrapping


def keys_are_usable(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """donors.E001: a wrapping key is missing or malformed. donors.E002: the hash key is missing."""
    found: list[CheckMessage] = []
    try:
        wrapping.current_key_id()
    except ImproperlyConfigured as fault:
        found.append(
            Error(str(fault), hint="Set DONOR_KEY_WRAPPING_KEYS, see docs/personal-data.md.", id="donors.E001")
        )
    if not settings.DONOR_HASH_KEY:
        found.append(Error("DONOR_HASH_KEY is empty", hint="Set it, see docs/personal-data.md.", id="donors.E002"))
    return found
