"""Sending checkpoints out of the house: to a time-stamping authority (RFC 3161) and to mirrors. Off unless configured.

Nothing waits for this: the rows say what is due, a worker sends them, never inside a database transaction.
"""

import hashlib
from datetime import datetime, timedelta
from urllib.error import URLError
from urllib.request import Request, urlopen

from django.db.models import F

from seal.models import Sending, SendingKind, SendingState

TIMEOUT_SECONDS = 10
MOST_ATTEMPTS = 8
MOST_AT_ONCE = 20
LONGEST_ANSWER = 65_536
FIRST_WAIT = timedelta(minutes=1)


class NotTaken(Exception):
    """The other side didn't answer as it should. Expected: it is tried again."""


def send_due(*, now: datetime) -> int:
    """Sends what is due and says how many arrived. May run twice at once: who moves a row's time first sends it."""
    due = Sending.objects.filter(state=SendingState.DUE, due_at__lte=now).select_related("checkpoint")
    arrived = 0
    for sending in list(due.order_by("due_at", "pk")[:MOST_AT_ONCE]):
        wait = FIRST_WAIT * 2**sending.attempts
        mine = Sending.objects.filter(pk=sending.pk, state=SendingState.DUE, attempts=sending.attempts)
        if mine.update(attempts=F("attempts") + 1, due_at=now + wait):
            arrived += _send(sending)
    return arrived


def _send(sending: Sending) -> bool:
    try:
        answer = _timestamped(sending) if sending.kind == SendingKind.TIMESTAMP else _mirrored(sending)
    except (NotTaken, URLError, OSError, ValueError) as fault:
        gives_up = sending.attempts + 1 >= MOST_ATTEMPTS
        state = SendingState.GIVEN_UP if gives_up else SendingState.DUE
        Sending.objects.filter(pk=sending.pk).update(state=state, fault=type(fault).__name__[:200])
        return False
    Sending.objects.filter(pk=sending.pk).update(state=SendingState.DONE, answer=answer, fault="")
    return True


def _mirrored(sending: Sending) -> bytes | None:
    _post(sending.address, body=sending.checkpoint.text.encode(), content_type="text/plain; charset=utf-8")
    return None


def _timestamped(sending: Sending) -> bytes:
    """The authority's answer; it must be about this checkpoint. Whoever wants to check its certificate has the bytes."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

    text = sending.checkpoint.text.encode()
    request = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = _post(sending.address, body=request.as_bytes(), content_type="application/timestamp-query")
    stamp = decode_timestamp_response(answer)
    imprint = stamp.tst_info.message_imprint.message
    if imprint != hashlib.sha256(text).digest() or stamp.tst_info.nonce != request.nonce:
        raise NotTaken("the stamp is about something else")
    return answer


def _post(address: str, *, body: bytes, content_type: str) -> bytes:
    if not address.startswith(("https://", "http://")):
        raise NotTaken("not an address of the web")
    request = Request(address, data=body, headers={"Content-Type": content_type}, method="POST")  # noqa: S310 -- checked above
    with urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 -- http and https only, from the settings
        answer: bytes = response.read(LONGEST_ANSWER + 1)
    if len(answer) > LONGEST_ANSWER:
        raise NotTaken("the answer is too long")
    return answer
