"""The one door through which many donors are read at once: a named query, a cap, a right, a reason, and a trail.

Everything else of the product reads one donor at a time; tests/unit/donors/test_one_door.py looks for what walks past this
door. What only counts, counts here as well: a count of few tells of few.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import Count, TextChoices
from django.utils.translation import gettext_lazy as _

from core import trail
from core.models import User
from donors.models import Donor, Mail, MailChoice, MailState
from donors.staff_view import PERMISSION, NotAllowed
from donors.vault import read_contact

MOST_ROWS = 200
MOST_READABLE = 50
"""Rows that show who somebody is: as many as staff can write to by hand in a day."""

Row = dict[str, str | int]


class BulkQuery(TextChoices):
    """What may be asked about many donors at once."""

    COUNT_BY_LANGUAGE = "count_by_language", _("how many donors are written to in each language")
    """To know which texts are worth translating."""
    MAILS_TURNED_OFF = "mails_turned_off", _("how many donors turned off each kind of mail")
    """To know which mails are unwelcome."""
    MAIL_FAILED = "mail_failed", _("whose mail could not be delivered")
    """Donors' numbers and the kind of mail, to send it again."""
    ADDRESSES_REFUSED = "addresses_refused", _("the addresses to which mail could not be delivered")
    """To find a slip of the finger and tell the donor in another way."""


@dataclass(frozen=True)
class BulkAnswer:
    """What came through the door. The rows have no repr: one may show who a donor is."""

    query: BulkQuery
    rows: list[Row] = field(repr=False)
    cut: bool
    """Whether there was more than the cap lets through."""


def read_in_bulk(*, query: BulkQuery, actor: User, reason: str, now: datetime) -> BulkAnswer:
    """Answers a named query. That somebody asked, and how many rows came, is in the trail before anything is shown.

    Raises staff_view.NotAllowed, core.trail.ReasonMissing.
    """
    if not actor.has_perm(PERMISSION):
        raise NotAllowed(actor_id=actor.pk)
    ask, most = QUERIES[query]
    rows = list(islice(ask(), most + 1))
    cut = len(rows) > most
    with transaction.atomic():
        trail.record(
            actor=actor,
            act="donors.read_in_bulk",
            subject=f"bulk:{query.value}",
            reason=reason,
            now=now,
            facts={"rows": min(len(rows), most), "cut": cut},
        )
    return BulkAnswer(query=query, rows=rows[:most], cut=cut)


def _count_by_language() -> Iterator[Row]:
    readable = Donor.objects.filter(erased_at__isnull=True)
    for language, donors in readable.values_list("language").annotate(donors=Count("pk")).order_by("language"):
        yield {"language": language, "donors": donors}


def _mails_turned_off() -> Iterator[Row]:
    unwanted = MailChoice.objects.filter(wanted=False)
    for topic, donors in unwanted.values_list("topic").annotate(donors=Count("pk")).order_by("topic"):
        yield {"topic": topic, "donors": donors}


def _mail_failed() -> Iterator[Row]:
    failed = Mail.objects.filter(state=MailState.FAILED, donor__isnull=False, donor__erased_at__isnull=True)
    for mail_id, donor_id, kind in failed.order_by("-pk").values_list("pk", "donor_id", "kind"):
        yield {"mail": mail_id, "donor": donor_id, "kind": kind}


def _addresses_refused() -> Iterator[Row]:
    """Only mails to the donors themselves: a card's address is somebody else's, and isn't ours to read."""
    failed = Mail.objects.filter(state=MailState.FAILED, address__isnull=True, donor__erased_at__isnull=True)
    for donor_id in failed.order_by("donor_id").values_list("donor_id", flat=True).distinct():
        if donor_id is not None:
            yield {"donor": donor_id, "address": read_contact(Donor.objects.get(pk=donor_id)).email}


QUERIES: dict[BulkQuery, tuple[Callable[[], Iterator[Row]], int]] = {
    BulkQuery.COUNT_BY_LANGUAGE: (_count_by_language, MOST_ROWS),
    BulkQuery.MAILS_TURNED_OFF: (_mails_turned_off, MOST_ROWS),
    BulkQuery.MAIL_FAILED: (_mail_failed, MOST_ROWS),
    BulkQuery.ADDRESSES_REFUSED: (_addresses_refused, MOST_READABLE),
}
