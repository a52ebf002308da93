"""What the donor typed, found again after the payment page: encrypted in `donors`, its key in a cookie of two hours."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

from donors.crypto import DecryptionRefused
from donors.operations import load_draft

COOKIE = "giving"
LIFETIME_SECONDS = 2 * 3600
_SALT = "shop.giving"


@dataclass(frozen=True)
class Begun:
    """A form begun in this browser: its draft's token, the donation it led to (if any), and what it holds."""

    draft_token: str = ""
    donation_token: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def typed(self) -> dict[str, Any]:
        """The values of the form's fields."""
        return dict(self.data.get("typed", {}))


def tokens_in_cookie(request: HttpRequest) -> tuple[str, str]:
    """(draft token, donation token), both empty without a cookie or with one that was tampered with or is too old."""
    try:
        kept = TimestampSigner(salt=_SALT).unsign(request.COOKIES.get(COOKIE, ""), max_age=LIFETIME_SECONDS)
    except BadSignature:
        return "", ""
    draft_token, _, donation_token = kept.partition("~")
    return draft_token, donation_token


def find_begun(request: HttpRequest, *, now: datetime) -> Begun:
    """What this browser has begun; empty if nothing."""
    draft_token, donation_token = tokens_in_cookie(request)
    if not draft_token:
        return Begun()
    try:
        data = load_draft(token=draft_token, now=now)
    except DecryptionRefused:
        # A draft that can't be read any more (a key was changed) is a form to be filled in again, and no more than
        # that.
        data = {}
    return Begun(draft_token=draft_token, donation_token=donation_token, data=data)


def keep_tokens(response: HttpResponse, *, draft_token: str, donation_token: str = "") -> None:
    """Hands the browser the key to its draft."""
    response.set_cookie(
        COOKIE,
        TimestampSigner(salt=_SALT).sign(f"{draft_token}~{donation_token}"),
        max_age=LIFETIME_SECONDS,
        secure=settings.CSRF_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_tokens(response: HttpResponse) -> None:
    """Takes the key away, as when the gift is made."""
    response.delete_cookie(COOKIE, samesite="Lax")
