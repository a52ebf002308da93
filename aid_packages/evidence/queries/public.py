"""What anybody may see of evidence: released, at least two weeks late, with its week and region at most."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice

from django.db.models import Q

from aid_packages.deliveries.weeks import week_text
from aid_packages.evidence import vault
from aid_packages.evidence.models import Event, EventKind, Item, SubjectKind
from aid_packages.evidence.queries.standing import standing_items
from aid_packages.models import DocumentState, Grant, SpendingDocument
from core.periods import WARSAW
from core.texts import in_language

LATE = timedelta(days=14)
MOST = 12
"""How many pieces a need's page leads to."""


@dataclass(frozen=True)
class PublicItem:
    """A piece of evidence as a stranger sees it: nothing that staff typed is in it."""

    item_id: int
    token: str
    kind_label: str
    region: str
    """Empty when it was not said."""
    week: str
    """As 2026-W47."""
    media_type: str
    pages: int

    @property
    def etag(self) -> str:
        """Made from the random name alone: it says nothing of the file, nor of the one it was made from."""
        return hashlib.sha256(f"evidence/{self.token}".encode()).hexdigest()[:32]


def public_item(*, token: str, now: datetime) -> PublicItem | None:
    """The item, or None for one that is unknown, withheld, erased, or too recent: all alike. Three queries at most."""
    item = Item.objects.select_related("region").filter(token=token).first()
    if item is None:
        return None
    last = Event.objects.filter(item=item).latest("id")
    if last.kind != EventKind.RELEASED or now < shown_from(uploaded_at=item.uploaded_at, released_at=last.at):
        return None
    return _as_shown(item)


def _as_shown(item: Item) -> PublicItem:
    return PublicItem(
        item_id=item.pk,
        token=item.token,
        kind_label=str(item.get_kind_display()),
        region=in_language(item.region.title) if item.region else "",
        week=week_text(item.week),
        media_type=item.media_type,
        pages=item.pages,
    )


def public_file(*, token: str, now: datetime) -> tuple[PublicItem, bytes] | None:
    """The item with its bytes, under the same conditions. Five queries."""
    item = public_item(token=token, now=now)
    if item is None:
        return None
    try:
        return item, vault.load(item.item_id)
    except vault.Unreadable:
        return None


def shown_from(*, uploaded_at: datetime, released_at: datetime) -> datetime:
    """The Monday, in Warsaw, after it has been here for two weeks and is released.

    A Monday, since the minute in which it appears would otherwise say in which minute somebody was at work with it.
    """
    earliest = max(uploaded_at + LATE, released_at).astimezone(WARSAW)
    monday = earliest.date() - timedelta(days=earliest.weekday())
    begins = datetime.combine(monday, time(), tzinfo=WARSAW)
    return begins if begins >= earliest else datetime.combine(monday + timedelta(days=7), time(), tzinfo=WARSAW)


def seen_of_fund(*, fund_code: str, now: datetime, most: int = MOST) -> list[PublicItem]:
    """The newest evidence that anybody may see now of what a fund's money was spent on, in no order of time. One query.

    Of documents that count and of grants. That of deliveries is left out: beside a need, its week and region would say
    where help of one kind is handed on.
    """
    documents = SpendingDocument.objects.filter(state=DocumentState.ACCEPTED, splits__allocation__fund_code=fund_code)
    grants = Grant.objects.filter(allocation__fund_code=fund_code)
    of_fund = Q(subject_kind=SubjectKind.DOCUMENT, subject_id__in=documents.values("pk")) | Q(
        subject_kind=SubjectKind.GRANT, subject_id__in=grants.values("pk")
    )
    released = standing_items().filter(of_fund, standing=EventKind.RELEASED, uploaded_at__lte=now - LATE)
    newest = released.select_related("region").order_by("-pk").iterator(chunk_size=2 * most)
    late_enough = (item for item in newest if now >= shown_from(uploaded_at=item.uploaded_at, released_at=item.since))
    return [_as_shown(item) for item in sorted(islice(late_enough, most), key=lambda item: item.token)]
