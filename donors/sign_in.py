"""Signing in by mail: what the pages of a donor call. No passwords, and no answer that says who gives."""

from donors.operations.ask_for_link import LIFETIME, ask_for_link, new_browser
from donors.operations.use_link import LinkLook, Refusal, look_at_link, sign_in_by_code, sign_in_by_link
from donors.sessions import NewSession

COOKIE = "asking"
"""The cookie of the browser that asked: HttpOnly, SameSite=Lax, Secure as the settings say."""

__all__ = [
    "COOKIE",
    "LIFETIME",
    "LinkLook",
    "NewSession",
    "Refusal",
    "ask_for_link",
    "look_at_link",
    "new_browser",
    "sign_in_by_code",
    "sign_in_by_link",
]
