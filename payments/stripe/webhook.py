"""Telling a real webhook from junk. Whatever comes in, the answer is facts or UntrustedMessage, never another error."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import stripe

from payments.provider import EventFacts, UntrustedMessage
from payments.stripe.events import event_facts

TOLERANCE_SECONDS = 300
LONGEST_WORD = 100
_TIMESTAMP = re.compile(r"(?:^|,)\s*t=([0-9]{1,12})(?:,|$)")


def read_webhook(
    *,
    body: bytes,
    signature: str,
    secrets: Sequence[str],
    account: str,
    livemode: bool,
    now: datetime,
) -> EventFacts:
    """Check age and signature (any of `secrets`, so that they can be rotated), mode and account; then read.

    The age is checked against `now` in both directions; the SDK would accept a time in the future.
    """
    _check_signature(body=body, signature=signature, secrets=secrets, now=now)
    try:
        values = json.loads(body)
        if not isinstance(values, dict) or values.get("object") != "event":
            raise UntrustedMessage(reason="not_an_event")
        facts = event_facts(stripe.Event.construct_from(_trigger(values), None))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, OSError):
        raise UntrustedMessage(reason="not_an_event") from None
    words = (values.get("id"), values.get("type"), facts.object_ref)
    if not all(_is_word(word) for word in words) or not facts.ref.startswith("evt_"):
        raise UntrustedMessage(reason="not_an_event")
    if facts.livemode is not livemode:
        raise UntrustedMessage(reason="wrong_mode")
    sender = values.get("account")
    if sender and sender != account:
        raise UntrustedMessage(reason="wrong_account")
    return facts


def _trigger(values: dict[str, Any]) -> dict[str, Any]:
    """The event with no more of its object than which one it is, and which others it names.

    The object is fetched anew before anything is done, so that its hundred fields need not become the SDK's objects here.
    """
    names = {}
    for name, value in values["data"]["object"].items():
        if isinstance(value, dict) and "id" in value:
            names[name] = {"id": value["id"]}
        elif not isinstance(value, dict | list):
            names[name] = value
    return {**values, "data": {"object": names}}


def _is_word(value: object) -> bool:
    """What can be an id or a kind: the SDK builds its objects from whatever the JSON holds."""
    return isinstance(value, str) and len(value) <= LONGEST_WORD and value.isascii() and value.isprintable()


def _check_signature(*, body: bytes, signature: str, secrets: Sequence[str], now: datetime) -> None:
    stamp = _TIMESTAMP.search(signature)
    if stamp is None:
        raise UntrustedMessage(reason="no_signature")
    if abs(now.timestamp() - int(stamp.group(1))) > TOLERANCE_SECONDS:
        raise UntrustedMessage(reason="stale")
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(body, signature, secret)
        except stripe.SignatureVerificationError:
            continue
        except UnicodeError:
            raise UntrustedMessage(reason="not_text") from None
        return
    raise UntrustedMessage(reason="wrong_signature")
