"""Publishing: a second person makes it public, the content freezes, the month closes."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core.documents.canonical import sha256_hex
from core.models import User
from ledger.operations import close_period
from seal.operations import append
from transparency import sources
from transparency.lifecycle import PREPARING, check_move, make_move
from transparency.method import FIRST_METHOD
from transparency.models import (
    MailingKind,
    Report,
    ReportAct,
    ReportKind,
    ReportMailing,
    ReportState,
    ReportStep,
)
from transparency.operations.review import said
from transparency.sources.beside import slugs_beside

MAILED_AFTER = timedelta(days=1)
"""Donors hear of it a day later: what turns out to be wrong at once can still be corrected before."""


class SamePerson(Exception):
    """Nobody publishes what they asked for, rebuilt or sent to review. Expected: another has to."""


class MarkTooOld(Exception):
    """Something was booked into the months after the mark. Expected: build it again. `entries`: how many."""

    def __init__(self, *, entries: int) -> None:
        super().__init__(f"{entries} entries after the mark")
        self.entries = entries


class OthersPublished(Exception):
    """Another report was published since this one was built, so its rows could tell too much, or its notes be old. Expected:
    build it again. `slugs` are those reports.
    """

    def __init__(self, *, slugs: list[str]) -> None:
        super().__init__(", ".join(slugs))
        self.slugs = slugs


class ClosedTooEarly(Exception):
    """An earlier month isn't published, so this one can't be. Expected. `periods` are those months."""

    def __init__(self, *, periods: list[int]) -> None:
        super().__init__(", ".join(str(period) for period in periods))
        self.periods = periods


def publish_report(*, report_id: int, actor: User, comment: str, now: datetime) -> Report:
    """Makes it public for good; a month's report closes the month; the revision it corrects is superseded; its hash becomes a
    leaf of the log; mails to donors become due. All of it in one database transaction.

    Raises WrongState, SamePerson, MarkTooOld, OthersPublished, ClosedTooEarly, ReasonMissing, core.text.TextError.
    """
    comment = said(comment)
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report_id)
        check_move(report=report, act=ReportAct.PUBLISH)
        _refuse_preparer(report, actor)
        _close_months(report, now)
        _refuse_old_rows(report)
        assert report.content is not None
        assert sha256_hex(bytes(report.content)) == report.sha256
        if report.corrects_id is not None:
            _supersede(report.corrects_id, by=report, actor=actor, now=now)
        make_move(report=report, act=ReportAct.PUBLISH, actor=actor, comment=comment, now=now)
        report.published_by, report.published_at = actor, now
        report.save(update_fields=["state", "published_by", "published_at"])
        append(kind="correction" if report.corrects_id else "report", record=_leaf(report), now=now)
        _mails_become_due(report, now)
    return report


def _leaf(report: Report) -> dict[str, Any]:
    """What the log says of it, for good."""
    notes = (report.inputs or {}).get("notes")
    leaf: dict[str, Any] = {"slug": report.slug, "revision": report.revision, "sha256": report.sha256}
    if notes and notes["root"]:
        leaf["notes_root"] = notes["root"]
    if report.corrects is not None:
        leaf["corrects"] = {"slug": report.corrects.slug, "sha256": report.corrects.sha256}
    return leaf


def _mails_become_due(report: Report, now: datetime) -> None:
    """A month is told to those it counts; a correction of it to those it counts otherwise. Longer reports repeat months."""
    if report.kind == ReportKind.MONTH:
        kind = MailingKind.CORRECTED if report.corrects_id else MailingKind.COUNTED
        ReportMailing.objects.create(report=report, kind=kind, due_at=now + MAILED_AFTER)


def _refuse_old_rows(report: Report) -> None:
    """Which funds share a row was decided against what was public then: what came since might tell them apart."""
    if report.method_version == FIRST_METHOD:
        return
    seen = set((report.inputs or {})["published"])
    since = [slug for slug in slugs_beside(report=report) if slug not in seen]
    if since:
        raise OthersPublished(slugs=since)


def _refuse_preparer(report: Report, actor: User) -> None:
    prepared = ReportStep.objects.filter(report=report, act__in=PREPARING, actor=actor)
    if prepared.exists() or actor.pk in (report.prepared_by_id, report.requested_by_id):
        raise SamePerson(str(actor.pk))


def _close_months(report: Report, now: datetime) -> None:
    """Closes the month first, then looks for what came after the mark: who posts from here on gets the next month."""
    if report.kind == ReportKind.TO_DATE:
        return
    assert report.mark is not None
    before = report.first_period if report.kind == ReportKind.MONTH else report.last_period + 1
    still_open = sources.open_months_with_movements(before=before, mark=report.mark)
    if still_open:
        raise ClosedTooEarly(periods=still_open)
    if report.kind == ReportKind.MONTH:
        close_period(period=report.last_period, now=now)
    late = sources.entries_after(mark=report.mark, last_period=report.last_period)
    if late:
        raise MarkTooOld(entries=late)


def _supersede(report_id: int, *, by: Report, actor: User, now: datetime) -> None:
    older = Report.objects.select_for_update().get(pk=report_id)
    if older.state == ReportState.PUBLISHED:
        make_move(report=older, act=ReportAct.SUPERSEDE, actor=actor, comment=by.slug, now=now)
        older.save(update_fields=["state"])
