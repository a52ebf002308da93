"""What a link in a mail may do. Looking at it changes nothing: mail scanners open every link."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from payments.models import MonthlyAct, MonthlyGift, ScopedLink
from payments.monthly_states import ActState, LinkPurpose

PAGES: dict[LinkPurpose, str] = {
    LinkPurpose.UNDO: "undo",
    LinkPurpose.MEND: "mend",
    LinkPurpose.UPGRADE: "more",
    LinkPurpose.OCCASION: "give",
    LinkPurpose.MERGE: "merge",
}
"""The page that each purpose opens, as it stands in its address."""


@dataclass(frozen=True)
class Link:
    """A link that is good now. `params` were written when it was made, and nothing of them came with the request."""

    link_id: int
    gift_id: int
    purpose: LinkPurpose
    params: dict[str, Any]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None

    def day(self, name: str) -> date:
        """A day among the params."""
        return date.fromisoformat(self.params[name])


def open_link(*, token: str, purpose: LinkPurpose, now: datetime) -> Link | None:
    """The link behind a token; None for one that is unknown, expired, or meant for something else.

    Those three are alike in answer and work: one hash, one row looked for by it. A used link is found until it expires,
    so that its page can say what was done; `used_at` tells.
    """
    found = ScopedLink.objects.filter(token_hash=hash_of(token=token)).first()
    if found is None or found.purpose != purpose or found.expires_at <= now:
        return None
    return link_of(found)


def hash_of(*, token: str) -> bytes:
    """What is stored of a token. It has 256 random bits, so a plain hash can't be searched."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def link_of(row: ScopedLink) -> Link:
    """A row as what it permits."""
    return Link(
        link_id=row.pk,
        gift_id=row.gift_id,
        purpose=LinkPurpose(row.purpose),
        params=dict(row.params),
        made_at=row.made_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )


def act_of(*, prefix: str) -> tuple[str, MonthlyAct | None]:
    """The request key under which something that may be done once is done, and the act that stands under it by now.

    One that was refused did not happen, so it gives way to the next number; every other one is the only one.
    """
    number = 1
    while True:
        key = f"{prefix}:{number}"
        act = MonthlyAct.objects.filter(request_key=key).first()
        if act is None or act.state != ActState.REFUSED:
            return key, act
        number += 1


def act_of_link(*, link: Link) -> tuple[str, MonthlyAct | None]:
    """The same for the one act that a link stands for."""
    return act_of(prefix=f"link:{link.link_id}")


def link_url(*, token: str, page: str, language: str) -> str:
    """The absolute address of the page ("undo", "mend", "more", "give", "skip", "stop", "merge") for a mail."""
    return f"{settings.SITE_URL.rstrip('/')}/{language}/monthly/{page}/{token}/"


def manage_url(*, gift: MonthlyGift) -> str:
    """The absolute address of a monthly gift among its donor's own pages, behind signing in."""
    return f"{settings.SITE_URL.rstrip('/')}/{gift.language}/my-giving/monthly/{gift.pk}/"
