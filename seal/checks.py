"""System checks: without a usable key no report can be published, and that is said before the first one is due."""

from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from seal.signing import signing_keys


def keys_are_usable(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """seal.E001: a signing key is missing or malformed."""
    try:
        signing_keys()
    except ImproperlyConfigured as fault:
        return [Error(str(fault), hint="Set SEAL_SIGNING_KEYS, see docs/seal.md.", id="seal.E001")]
    return []
