"""Links in mails that may do one thing: making them, and using them up.

A token is a keyed hash of its link's key. So it needs no storing, sealed or not, to stand in a mail that is written a
second time, and yet nobody without the secret can make one. Of the token itself the database keeps only a hash: whoever
copies the database opens nothing.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from donors.addresses import hash_key
from payments.models import MonthlyGift, ScopedLink
from payments.monthly_states import LinkPurpose
from payments.queries.links import PAGES, Link, hash_of, link_of, link_url

UNDO_LIVES = timedelta(days=14)
MEND_LIVES = timedelta(days=7)
UPGRADE_LIVES = timedelta(days=30)
MERGE_LIVES = timedelta(days=14)


class LinkKeyReused(ValueError):
    """A link's key came back for another gift, purpose or params. Not expected: a key names one link for ever."""

    def __init__(self, *, key: str) -> None:
        self.key = key
        super().__init__(key)


@dataclass(frozen=True)
class Use:
    """A link that was used: `first_time` is True for one caller alone."""

    link: Link
    first_time: bool


def make_link(
    *,
    gift_id: int,
    purpose: LinkPurpose,
    params: Mapping[str, Any],
    key: str,
    lives_for: timedelta,
    now: datetime,
) -> str:
    """The token of the link with that `key`, at most 100 characters; made if it is not there yet.

    Asking again gives the same token, with the first one's end. `params` is plain JSON. May be called in the database
    transaction that queues the mail. Raises LinkKeyReused.
    """
    token = _token(key)
    ScopedLink.objects.bulk_create(
        [
            ScopedLink(
                key=key,
                purpose=purpose,
                gift_id=gift_id,
                token_hash=hash_of(token=token),
                params=dict(params),
                made_at=now,
                expires_at=now + lives_for,
            )
        ],
        ignore_conflicts=True,
    )
    stored = ScopedLink.objects.get(key=key)
    if (stored.gift_id, stored.purpose, stored.params) != (gift_id, purpose, dict(params)):
        raise LinkKeyReused(key=key)
    return token


def use_link(*, token: str, purpose: LinkPurpose, now: datetime) -> Use | None:
    """Use a link up, committed before this returns; None where `open_link` gives None.

    However many ask at once, one is told that it was the first. What the link stands for is done under a request key
    made of its id (`queries.links.act_of_link`): then a crash between the two loses nothing, since who comes again does
    the same thing again, which is one thing.
    """
    with transaction.atomic():
        row = ScopedLink.objects.select_for_update().filter(token_hash=hash_of(token=token)).first()
        if row is None or row.purpose != purpose or row.expires_at <= now:
            return None
        first_time = row.used_at is None
        if first_time:
            row.used_at = now
            row.save(update_fields=["used_at"])
    return Use(link=link_of(row), first_time=first_time)


def undo_url(*, gift: MonthlyGift, now: datetime) -> str:
    """For the first mail: the page that stops a gift that was not meant to be monthly. Good for 14 days."""
    token = make_link(
        gift_id=gift.pk,
        purpose=LinkPurpose.UNDO,
        params={},
        key=f"undo:{gift.pk}",
        lives_for=UNDO_LIVES,
        now=now,
    )
    return link_url(token=token, page=PAGES[LinkPurpose.UNDO], language=gift.language)


def merge_url(*, gift: MonthlyGift, keep_gift_id: int, now: datetime) -> str:
    """For the first mail of a second gift to the same need: the page that raises the first by it, and ends it."""
    token = make_link(
        gift_id=gift.pk,
        purpose=LinkPurpose.MERGE,
        params={"keep": keep_gift_id},
        key=f"merge:{gift.pk}:{keep_gift_id}",
        lives_for=MERGE_LIVES,
        now=now,
    )
    return link_url(token=token, page=PAGES[LinkPurpose.MERGE], language=gift.language)


def _token(key: str) -> str:
    digest = hmac.new(hash_key(), f"scoped link:{key}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
