"""Somebody asks for a link: the request is a row, and whether a mail goes out is decided later, out of sight.

Whoever asks gets one answer, after the same work: the same counters, one row, one hint. Only the task that follows
looks whether anybody gave from that address (OWASP Authentication Cheat Sheet: responses of one kind, in one time).
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from core import trail
from core.models import User
from core.queue import enqueue
from donors import wrapping
from donors.addresses import MAX_LENGTH, hash_key
from donors.crypto import new_key, open_text, seal_text
from donors.models import Donor, MailKind, SignInRequest
from donors.operations.queue_mail import queue_mail
from donors.operations.sign_in_limits import may_ask
from donors.queries import find_donor
from donors.row_ids import next_id
from donors.staff_view import NotAllowed
from donors.vault import DonorErased, place_of

LIFETIME = timedelta(minutes=10)
SALT_BYTES = 16
TASK = "donors.decide_sign_in"
OWN_PATH = re.compile(r"/(?:[A-Za-z0-9_-]+/)*")
NOBODY = "-"
"""Sealed in place of an empty address, so that each row has something to open."""


class DonorHasNoAddress(ValueError):
    """A link can't be sent: the donor gave anonymously. Expected; carries the donor's number."""

    def __init__(self, *, donor_id: int) -> None:
        super().__init__(f"donor {donor_id} has no address of their own to sign in with")
        self.donor_id = donor_id


def ask_for_link(*, email: str, next_path: str, language: str, browser: str, now: datetime) -> None:
    """Notes that `browser` (the value of its cookie, see `new_browser`) asked for a link to `email`. Never says more.

    What is no address, is unknown, or was asked for too often ends like any other. `next_path` is where the donor goes
    then, if it is a path of this site.
    """
    request = SignInRequest(
        id=next_id(SignInRequest),
        browser_hash=browser_hash(browser),
        allowed=may_ask(address=email, browser=browser, now=now),
        language=language,
        next_path=own_path(next_path),
        asked_at=now,
        expires_at=now + LIFETIME,
        code_salt=secrets.token_bytes(SALT_BYTES),
    )
    key = new_key()
    request.own_key = wrapping.wrap(key=key, place=place_of(request, "own_key"))
    request.wrapped_with = wrapping.current_key_id()
    typed = email[:MAX_LENGTH].encode("utf-8", "replace").decode()
    request.address = seal_text(key=key, text=typed or NOBODY, place=place_of(request, "address"))
    with transaction.atomic():
        request.save(force_insert=True)
        enqueue(TASK, request.pk)


def decide_sign_in(*, request_id: int, now: datetime) -> None:
    """Sends the mail, if somebody gave from the address and the limits allow; forgets the address. May run twice."""
    with transaction.atomic():
        undecided = SignInRequest.objects.select_for_update().filter(pk=request_id, decided_at__isnull=True)
        request = undecided.first()
        if request is None:
            return
        donor_id = find_donor(email=_open_address(request)) if request.allowed and request.expires_at > now else None
        request.own_key = request.address = None
        request.decided_at = now
        if donor_id is not None:
            _write_to(request, donor_id=donor_id, with_code=True, now=now)
        request.save()


def resend_sign_in(*, donor_id: int, actor: User, reason: str, now: datetime) -> None:
    """Staff send a donor a link: to the donor's own address and no other, with a reason, and the trail says so.

    The donor's browser isn't known here, so any browser may use this link, once, within ten minutes; there is no code,
    which would have nowhere to be typed. Raises NotAllowed, core.trail.ReasonMissing, DonorHasNoAddress,
    vault.DonorErased, Donor.DoesNotExist.
    """
    if not (actor.is_active and actor.is_staff):
        raise NotAllowed(actor_id=actor.pk)
    with transaction.atomic():
        donor = Donor.objects.select_for_update().get(pk=donor_id)
        if donor.erased_at is not None:
            raise DonorErased(donor_id=donor_id)
        if donor.email_hash is None:
            raise DonorHasNoAddress(donor_id=donor_id)
        trail.record(actor=actor, act="donors.resend_sign_in", subject=f"donor:{donor_id}", reason=reason, now=now)
        request = SignInRequest(
            id=next_id(SignInRequest),
            allowed=True,
            language=donor.language,
            asked_at=now,
            expires_at=now + LIFETIME,
            decided_at=now,
            code_salt=secrets.token_bytes(SALT_BYTES),
        )
        _write_to(request, donor_id=donor_id, with_code=False, now=now)
        request.save(force_insert=True)


def sweep_sign_ins(*, now: datetime) -> int:
    """Decides requests whose hint was lost, and deletes those whose time is over. Returns how many were deleted."""
    waiting = SignInRequest.objects.filter(decided_at__isnull=True, expires_at__gt=now).order_by("pk")
    for request_id in waiting.values_list("pk", flat=True)[:500]:
        decide_sign_in(request_id=request_id, now=now)
    return SignInRequest.objects.filter(expires_at__lte=now).delete()[0]


def new_browser() -> str:
    """A value for the cookie by which a browser proves that it was the one that asked."""
    return secrets.token_urlsafe(32)


def browser_hash(browser: str) -> bytes:
    """What is stored of a browser's cookie. Browsers without one are never taken for each other."""
    secret = browser.encode("utf-8", "replace") if browser else secrets.token_bytes(32)
    return hashlib.sha256(b"sign-in browser" + secret).digest()


def link_hash(token: str) -> bytes:
    """What is stored of a link: the token has 256 random bits, so a plain hash can't be tried out."""
    return hashlib.sha256(b"sign-in link" + token.encode("utf-8", "replace")).digest()


def code_hash(*, code: str, salt: bytes | memoryview) -> bytes:
    """What is stored of a code: a million of them are quickly tried out, so a copy of the database isn't enough."""
    return hmac.new(
        hash_key(), b"sign-in code" + bytes(salt) + code.encode("utf-8", "replace"), hashlib.sha256
    ).digest()


def own_path(path: str) -> str:
    """The path if it is one of this site's pages, else nothing: a link may not lead a donor to a stranger's page.

    Plain words, numbers and slashes alone, since it is stored as it is: nobody's address fits in.
    """
    return path if len(path) <= 200 and OWN_PATH.fullmatch(path) else ""


def _write_to(request: SignInRequest, *, donor_id: int, with_code: bool, now: datetime) -> None:
    token = secrets.token_urlsafe(32)
    code = f"{secrets.randbelow(1_000_000):06d}" if with_code else ""
    request.donor_id, request.link_hash = donor_id, link_hash(token)
    request.code_hash = code_hash(code=code, salt=request.code_salt) if with_code else None
    queue_mail(
        donor_id=donor_id,
        kind=MailKind.SIGN_IN,
        key=f"sign_in:{request.pk}",
        language=request.language,
        context={
            "link_url": f"{settings.SITE_URL.rstrip('/')}/{request.language}/my-giving/sign-in/link/{token}/",
            "code": code,
        },
        lapses_at=request.expires_at,
        now=now,
    )


def _open_address(request: SignInRequest) -> str:
    assert request.own_key is not None  # the database refuses an undecided request without its address
    key = wrapping.unwrap(wrapped=request.own_key, place=place_of(request, "own_key"))
    return open_text(key=key, sealed=request.address, place=place_of(request, "address"))
