"""Metadata: merged key by key, unset by an empty value."""

from typing import Any


def merged(present: dict[str, str] | None, sent: Any) -> dict[str, str]:
    """The metadata after a call that sent ``sent``; an empty string instead of it unsets every key."""
    if sent is None:
        return dict(present or {})
    if sent == "":
        return {}
    both = {**(present or {}), **sent}
    return {name: value for name, value in both.items() if value != ""}
