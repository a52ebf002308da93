"""Asking for a report: by a person with a reason, or by the calendar."""

from datetime import datetime

from django.db import IntegrityError, transaction

from core.models import User
from core.periods import WARSAW, period_end, period_of, previous_period
from core.queue import enqueue
from core.text import clean_line
from core.trail import ReasonMissing
from transparency.lifecycle import OF_THE_CALENDAR, make_move, note_step
from transparency.method import METHOD_VERSION
from transparency.models import BuildStep, Report, ReportAct, ReportKind, ReportState
from transparency.models.report import PUBLIC_STATES

DRAFTED_ON_DAY = 16
DRAFTED_AT_HOUR = 6
LONGEST_REASON = 500
FIRST_YEAR, LAST_YEAR = 2000, 9998


class AlreadyOpen(Exception):
    """A report of these months is on its way already. Expected; `report_id` is that one."""

    def __init__(self, report_id: int) -> None:
        super().__init__(str(report_id))
        self.report_id = report_id


class PeriodNotOver(Exception):
    """The months aren't over, so only a month-to-date report can be made. Expected."""


class NoSuchPeriod(ValueError):
    """What was typed is no month, no year, or not the present month of a month-to-date report. Expected."""

    def __init__(self, period: int) -> None:
        super().__init__(str(period))
        self.period = period


def request_report(*, kind: ReportKind, period: int, actor: User, reason: str, now: datetime) -> Report:
    """A new report, or the next revision of a published one (then `reason` is printed in it).

    `period` is a month (202610), or a year (2026) for ReportKind.YEAR. Raises PeriodNotOver, AlreadyOpen, ReasonMissing,
    NoSuchPeriod, core.text.TextError.
    """
    reason = clean_line(reason, max_length=LONGEST_REASON)
    if not reason:
        raise ReasonMissing("report.request")
    first, last = _months(kind, period)
    if kind is ReportKind.TO_DATE and first != period_of(now):
        raise NoSuchPeriod(period)
    if kind is not ReportKind.TO_DATE and period_end(last) > now:
        raise PeriodNotOver(str(period))
    return _create(kind=kind, first=first, last=last, actor=actor, reason=reason, now=now)


def rebuild_report(*, report_id: int, actor: User, reason: str, now: datetime) -> Report:
    """Builds an unpublished report again, at a new mark. Raises WrongState, ReasonMissing."""
    reason = clean_line(reason, max_length=LONGEST_REASON)
    if not reason:
        raise ReasonMissing("report.rebuild")
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report_id)
        make_move(report=report, act=ReportAct.REBUILD, actor=actor, comment=reason, now=now)
        report.mark = None
        report.names = report.content = report.summary = None
        report.sha256 = ""
        report.prepared_by = report.prepared_at = None
        report.build_step, report.progress_percent, report.attempts = BuildStep.WAITING, 0, 0
        report.claim = report.heartbeat_at = None
        report.save()
        report.findings.all().delete()
        enqueue("transparency.build_report", report.pk)
    return report


def draft_last_month(*, now: datetime) -> Report | None:
    """From 06:00 of the 16th, Warsaw time, asks for last month's report unless there is one."""
    local = now.astimezone(WARSAW)
    if (local.day, local.hour) < (DRAFTED_ON_DAY, DRAFTED_AT_HOUR):
        return None
    month = previous_period(period_of(now))
    if Report.objects.filter(kind=ReportKind.MONTH, first_period=month, last_period=month).exists():
        return None
    try:
        return _create(kind=ReportKind.MONTH, first=month, last=month, actor=None, reason=OF_THE_CALENDAR, now=now)
    except AlreadyOpen:
        return None


def _months(kind: ReportKind, period: int) -> tuple[int, int]:
    if kind is ReportKind.YEAR:
        first, last = period * 100 + 1, period * 100 + 12
    else:
        first = last = period
    if not (FIRST_YEAR <= first // 100 <= LAST_YEAR and 1 <= first % 100 <= 12):
        raise NoSuchPeriod(period)
    return first, last


def slug_of(*, kind: ReportKind, first_period: int, revision: int) -> str:
    """The address of a revision: 2026-10-r1, 2026-r1, 2026-11-to-date-r3."""
    return f"{address_of(kind=kind, first_period=first_period)}-r{revision}"


def address_of(*, kind: ReportKind, first_period: int) -> str:
    """The address that leads to the newest revision: 2026-10, 2026, 2026-11-to-date."""
    year, month = divmod(first_period, 100)
    if kind is ReportKind.YEAR:
        return str(year)
    return f"{year}-{month:02d}" + ("-to-date" if kind is ReportKind.TO_DATE else "")


def _create(*, kind: ReportKind, first: int, last: int, actor: User | None, reason: str, now: datetime) -> Report:
    same = Report.objects.filter(kind=kind, first_period=first, last_period=last)
    newest = same.filter(state__in=PUBLIC_STATES).order_by("-revision").first()
    revision = newest.revision + 1 if newest else 1
    try:
        with transaction.atomic():
            report = Report.objects.create(
                kind=kind,
                first_period=first,
                last_period=last,
                revision=revision,
                slug=slug_of(kind=kind, first_period=first, revision=revision),
                method_version=METHOD_VERSION,
                reason=reason,
                corrects=newest,
                requested_by=actor,
                requested_at=now,
            )
            note_step(
                report=report,
                act=ReportAct.REQUEST,
                source="",
                target=ReportState.REQUESTED,
                actor=actor,
                comment=reason,
                now=now,
            )
            enqueue("transparency.build_report", report.pk)
    except IntegrityError as refused:
        open_one = same.exclude(state__in=PUBLIC_STATES).first()
        if open_one is None:
            raise
        raise AlreadyOpen(open_one.pk) from refused
    return report
