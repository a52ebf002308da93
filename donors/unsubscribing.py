"""The token in a mail with which one kind of mail is turned off, for one donor: it does that and nothing else.

It stands in old mails for years, so it is not stored: donor, topic, and a keyed hash of the two. Signing in takes another
token, of another shape, so this one opens nothing.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings

from donors.addresses import hash_key
from donors.models import MailTopic

MAC_BYTES = 16


@dataclass(frozen=True)
class Unsubscribing:
    """What a good token says."""

    donor_id: int
    topic: MailTopic


def unsubscribe_token(*, donor_id: int, topic: MailTopic) -> str:
    """The token of a donor and a topic."""
    return f"{donor_id}-{topic.value}-{_mac(donor_id, topic)}"


def unsubscribe_url(*, donor_id: int, topic: MailTopic, language: str) -> str:
    """The absolute address that stands in a mail and in its List-Unsubscribe header."""
    token = unsubscribe_token(donor_id=donor_id, topic=topic)
    return f"{settings.SITE_URL.rstrip('/')}/{language}/unsubscribe/{token}/"


def read_token(token: str) -> Unsubscribing | None:
    """What the token says; None for one that we never made."""
    number, _, rest = token.partition("-")
    name, _, mac = rest.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19 and name in MailTopic.values):
        return None
    topic = MailTopic(name)
    if not hmac.compare_digest(mac.encode("utf-8", "replace"), _mac(int(number), topic).encode()):
        return None
    return Unsubscribing(donor_id=int(number), topic=topic)


def _mac(donor_id: int, topic: MailTopic) -> str:
    digest = hmac.new(hash_key(), f"unsubscribe:{donor_id}:{topic.value}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:MAC_BYTES]).decode().rstrip("=")
