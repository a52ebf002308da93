"""A donor is let in: by the link, or by the code from the same mail. The two are one use of one row."""

import enum
import hmac
import re
from datetime import datetime

from django.db import transaction

from donors.models import SignInRequest
from donors.models.sign_in_request import MOST_TRIES
from donors.operations.ask_for_link import browser_hash, code_hash, link_hash
from donors.operations.sign_in_limits import may_guess, note_wrong_code
from donors.sessions import NewSession, start_session

NO_CODE = bytes(32)
"""What a code is compared with where none was made: no hash that anybody can find the code of."""


class LinkLook(enum.Enum):
    """What a page under a link may show before anything is done."""

    READY = "ready"
    """This browser may use it: show the button."""
    OTHER_BROWSER = "other_browser"
    """Another browser asked: tell the donor to type the code there."""
    GONE = "gone"
    """Unknown, used or too old."""


class Refusal(enum.Enum):
    """Why nobody is let in."""

    GONE = "gone"
    """There is nothing to use: unknown, used or too old. Ask again."""
    OTHER_BROWSER = "other_browser"
    """The link is good, and another browser asked for it."""
    WRONG_CODE = "wrong_code"
    """The code isn't the one from the newest mail; there may be none, which is not said."""
    TOO_MANY_TRIES = "too_many_tries"
    """No more codes for this request; the link still works."""


def look_at_link(*, token: str, browser: str, now: datetime) -> LinkLook:
    """What the link's page should show. Changes nothing: mail scanners open every address that they find."""
    request = SignInRequest.objects.filter(link_hash=link_hash(token)).first()
    if request is None or not _live(request, now):
        return LinkLook.GONE
    return LinkLook.READY if _asked_here(request, browser) else LinkLook.OTHER_BROWSER


def sign_in_by_link(*, token: str, browser: str, now: datetime) -> NewSession | Refusal:
    """Uses a link, once, in the browser that asked for it."""
    with transaction.atomic():
        request = _locked(link_hash=link_hash(token))
        if request is None or not _live(request, now):
            return Refusal.GONE
        if not _asked_here(request, browser):
            return Refusal.OTHER_BROWSER
        return _let_in(request, now=now)


def sign_in_by_code(*, code: str, browser: str, now: datetime) -> NewSession | Refusal:
    """Uses the code from the newest mail that this browser asked for, once; each call is one of five tries.

    For an address that nobody gave from every code is wrong, after the same work.
    """
    with transaction.atomic():
        request = _locked(browser_hash=browser_hash(browser))
        if request is None or not _live(request, now):
            return Refusal.GONE
        if request.tries >= MOST_TRIES or not may_guess(now=now):
            return Refusal.TOO_MANY_TRIES
        request.tries += 1
        request.save(update_fields=["tries"])
        typed = code_hash(code=re.sub(r"[\s-]", "", code), salt=request.code_salt)
        if not hmac.compare_digest(typed, bytes(request.code_hash or NO_CODE)):
            note_wrong_code(now=now)
            return Refusal.WRONG_CODE
        return _let_in(request, now=now)


def _locked(**which: bytes) -> SignInRequest | None:
    """The newest such request, locked: of twenty who use it at once, nineteen find it used."""
    return SignInRequest.objects.select_for_update().filter(**which).order_by("-pk").first()


def _live(request: SignInRequest, now: datetime) -> bool:
    return request.used_at is None and request.expires_at > now


def _asked_here(request: SignInRequest, browser: str) -> bool:
    if request.browser_hash is None:
        return True
    return hmac.compare_digest(bytes(request.browser_hash), browser_hash(browser))


def _let_in(request: SignInRequest, *, now: datetime) -> NewSession:
    assert request.donor_id is not None  # the database refuses a hash of nobody's
    request.used_at = now
    request.save(update_fields=["used_at"])
    token = start_session(donor_id=request.donor_id, now=now)
    return NewSession(token=token, donor_id=request.donor_id, next_path=request.next_path)
