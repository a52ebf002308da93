"""Telling donors what their gift was counted in: area by area, not banknote by banknote; in batches, each donor once.

A batch is one database transaction that moves the cursor and queues the mails together: a worker killed anywhere leaves a
mailing that goes on after the last donor told. Who is anonymous or erased has no address, and gets nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby, islice

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import override

from core.queue import enqueue
from core.texts import in_language
from donors.models import Donor, MailKind
from donors.operations import queue_mail
from transparency.method import FIRST_METHOD
from transparency.models import MailingKind, Report, ReportMailing
from transparency.sources.attribution import counted_in

READ_AT_ONCE = 20_000
BATCH = 200
STALE_AFTER = timedelta(minutes=10)

Areas = dict[str, int]
"""Code of an area, or of GENERAL -> grosze of the donor's gifts that were turned into help there."""


def readers_due(*, now: datetime) -> list[int]:
    """Sends a hint for each mailing that is due and that nobody works on. Returns their ids."""
    silent = Q(beat_at__isnull=True) | Q(beat_at__lt=now - STALE_AFTER)
    with transaction.atomic():
        left = list(
            ReportMailing.objects.select_for_update(skip_locked=True)
            .filter(silent, done_at__isnull=True, due_at__lte=now)
            .order_by("id")
        )
        for mailing in left:
            mailing.beat_at = now
            mailing.save(update_fields=["beat_at"])
            enqueue("transparency.mail_readers", mailing.pk)
    return [mailing.pk for mailing in left]


def mail_readers(*, mailing_id: int, now: datetime) -> int:
    """Queues all mails of a mailing that is due, from where it stands. Returns how many donors it told."""
    mailing = ReportMailing.objects.select_related("report", "report__corrects").filter(pk=mailing_id).first()
    if mailing is None or mailing.done_at is not None or mailing.due_at > now:
        return 0
    told = 0
    while readers := list(islice(_readers(mailing), READ_AT_ONCE)):
        for start in range(0, len(readers), BATCH):
            told += _tell(mailing, readers[start : start + BATCH], now)
        mailing.refresh_from_db(fields=["last_donor"])
    ReportMailing.objects.filter(pk=mailing_id, done_at__isnull=True).update(done_at=now)
    return told


def _tell(mailing: ReportMailing, readers: list[tuple[int, Areas]], now: datetime) -> int:
    """One batch. Another worker that was quicker has moved the cursor: its donors are left out."""
    with transaction.atomic():
        held = ReportMailing.objects.select_for_update().get(pk=mailing.pk)
        left = [(donor_id, areas) for donor_id, areas in readers if donor_id > held.last_donor]
        languages = dict(Donor.objects.filter(pk__in=[donor_id for donor_id, _ in left]).values_list("pk", "language"))
        for donor_id, areas in left:
            if donor_id in languages:
                _queue(mailing, donor_id, areas, languages[donor_id], now)
        held.last_donor = readers[-1][0] if left else held.last_donor
        held.told += len(left)
        held.beat_at = now
        held.save(update_fields=["last_donor", "told", "beat_at"])
    return len(left)


def _queue(mailing: ReportMailing, donor_id: int, areas: Areas, language: str, now: datetime) -> None:
    report = mailing.report
    names = (report.names or {})["funds"]
    named = [
        {"name": in_language(names[code]["name"], language), "sum_minor": amount}
        for code, amount in sorted(areas.items())
        if amount
    ]
    with override(language):
        url = settings.SITE_URL.rstrip("/") + reverse("reports:report", kwargs={"slug": report.slug})
    about = {"period": report.last_period, "areas": named, "report_url": url}
    if mailing.kind == MailingKind.CORRECTED:
        about |= {"revision": report.revision, "reason": report.reason}
    kind = MailKind.REPORT_CORRECTED if mailing.kind == MailingKind.CORRECTED else MailKind.COUNTED_IN_REPORT
    queue_mail(kind=kind, key=f"{kind.value}:{report.slug}:{donor_id}", donor_id=donor_id, context=about, now=now)


def _readers(mailing: ReportMailing) -> Iterator[tuple[int, Areas]]:
    """Donors after the cursor, in the order of their ids, with what is theirs in the report."""
    report = mailing.report
    mine = _by_donor(report)
    if mailing.kind == MailingKind.CORRECTED and report.corrects is not None:
        # Of a report of the first method nothing was told, so nothing can differ from it.
        told = report.corrects.method_version != FIRST_METHOD
        found: Iterable[tuple[int, Areas]] = _changed(mine, _by_donor(report.corrects)) if told else ()
    else:
        found = mine
    return ((donor_id, areas) for donor_id, areas in found if donor_id > mailing.last_donor)


def _by_donor(report: Report) -> Iterator[tuple[int, Areas]]:
    """As attribution stood beside the report's mark: the same whenever it is asked."""
    rows = counted_in(
        first_period=report.first_period, last_period=report.last_period, ids=(report.inputs or {}).get("ids", {})
    )
    for donor_id, gifts in groupby(rows, key=lambda row: row[0]):
        areas: Areas = defaultdict(int)
        for _, _, shares in gifts:
            for code, amount in shares:
                areas[code] += amount
        yield donor_id, dict(areas)


def _changed(now: Iterator[tuple[int, Areas]], before: Iterator[tuple[int, Areas]]) -> Iterator[tuple[int, Areas]]:
    """Donors whose areas or sums differ between two streams in the order of their ids."""
    one, other = next(now, None), next(before, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            assert one is not None
            yield one
            one = next(now, None)
        elif one is None or other[0] < one[0]:
            yield other[0], {}
            other = next(before, None)
        else:
            if one[1] != other[1]:
                yield one
            one, other = next(now, None), next(before, None)
