"""Asking for a report: by a person with a reason, or by the calendar."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from core.models import User
from core.periods import WARSAW, period_end, period_of, previous_period
from core.queue import enqueue
from core.text import clean_line
from core.trail import ReasonMissing
from transparency.lifecycle import OF_THE_CALENDAR, make_move, note_step
from transparency.method import METHOD_VERSION
from transparency.models import BuildStep, Campaign, Report, ReportAct, ReportKind, ReportState
from transparency.models.report import PUBLIC_STATES
from transparency.periods import NoSuchPeriod, months_of, slug_of
from transparency.sources.beside import newest_reading

DRAFTED_ON_DAY = 16
DRAFTED_AT_HOUR = 6
LONGEST_REASON = 500


class AlreadyOpen(Exception):
    """A report of these months is on its way already. Expected; `report_id` is that one."""

    def __init__(self, report_id: int) -> None:
        super().__init__(str(report_id))
        self.report_id = report_id


class PeriodNotOver(Exception):
    """The months aren't over, so only a month-to-date report can be made. Expected."""


class NoMarkKept(LookupError):
    """No mark as old as that is kept with what stood beside it. Expected: marks are kept since the second method."""


class NoSuchCampaign(LookupError):
    """No campaign of that code. Expected: somebody mistyped it."""


@dataclass(frozen=True)
class Wanted:
    """Which report is asked for."""

    kind: ReportKind
    first: int
    last: int
    campaign: Campaign | None = None
    as_of: datetime | None = None


def request_report(
    *,
    kind: ReportKind,
    actor: User,
    reason: str,
    now: datetime,
    period: int = 0,
    campaign: str = "",
    as_of: datetime | None = None,
) -> Report:
    """A new report, or the next revision of a published one (then `reason` is printed in it).

    `period` is a month (202610; for a quarter, any month of it), or a year (2026) for ReportKind.YEAR and COHORT; a campaign is
    named by its code. `as_of`: at the newest kept mark not after that instant, instead of a mark taken now. Raises
    PeriodNotOver, AlreadyOpen, ReasonMissing, NoSuchPeriod, NoSuchCampaign, NoMarkKept, core.text.TextError.
    """
    reason = clean_line(reason, max_length=LONGEST_REASON)
    if not reason:
        raise ReasonMissing("report.request")
    about = _campaign(campaign) if kind is ReportKind.CAMPAIGN else None
    first, last = (about.first_period, about.last_period) if about else months_of(kind=kind, period=period)
    known_at = now if as_of is None else _marked_at(as_of, now)
    if kind is ReportKind.TO_DATE and first != period_of(known_at):
        raise NoSuchPeriod(period)
    if kind is not ReportKind.TO_DATE and period_end(last) > known_at:
        raise PeriodNotOver(str(last))
    return _create(
        Wanted(kind=kind, first=first, last=last, campaign=about, as_of=as_of), actor=actor, reason=reason, now=now
    )


def rebuild_report(*, report_id: int, actor: User, reason: str, now: datetime) -> Report:
    """Builds an unpublished report again, at a new mark. Raises WrongState, ReasonMissing."""
    reason = clean_line(reason, max_length=LONGEST_REASON)
    if not reason:
        raise ReasonMissing("report.rebuild")
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report_id)
        make_move(report=report, act=ReportAct.REBUILD, actor=actor, comment=reason, now=now)
        report.mark = None
        report.method_version = METHOD_VERSION
        report.names = report.inputs = report.content = report.summary = None
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
    return _draft(Wanted(kind=ReportKind.MONTH, first=month, last=month), now=now)


def draft_longer(*, now: datetime) -> list[Report]:
    """Asks for the report of the last whole quarter and year once their months are closed: they are made of them."""
    month = previous_period(period_of(now))
    over = {ReportKind.QUARTER: _last_whole_quarter(month), ReportKind.YEAR: _last_whole_year(month)}
    drafted = [
        _draft(Wanted(kind=kind, first=first, last=last), now=now)
        for kind, (first, last) in over.items()
        if Report.objects.filter(kind=ReportKind.MONTH, first_period=last, state=ReportState.PUBLISHED).exists()
    ]
    return [report for report in drafted if report is not None]


def _draft(wanted: Wanted, *, now: datetime) -> Report | None:
    same = Report.objects.filter(kind=wanted.kind, first_period=wanted.first, last_period=wanted.last)
    if same.exists():
        return None
    try:
        return _create(wanted, actor=None, reason=OF_THE_CALENDAR, now=now)
    except AlreadyOpen:
        return None


def _last_whole_quarter(month: int) -> tuple[int, int]:
    last = month - month % 100 % 3
    last = last if last % 100 else (month // 100 - 1) * 100 + 12
    return last - 2, last


def _last_whole_year(month: int) -> tuple[int, int]:
    year = month // 100 if month % 100 == 12 else month // 100 - 1
    return year * 100 + 1, year * 100 + 12


def _marked_at(as_of: datetime, now: datetime) -> datetime:
    """When the mark was taken that a report as of then is built at: what came between the two is in neither."""
    beside = newest_reading(as_of=as_of) if as_of <= now else None
    if beside is None:
        raise NoMarkKept(as_of.isoformat())
    return beside.mark.taken_at


def _campaign(code: str) -> Campaign:
    found = Campaign.objects.filter(code=code).first()
    if found is None:
        raise NoSuchCampaign(code)
    return found


def _create(wanted: Wanted, *, actor: User | None, reason: str, now: datetime) -> Report:
    same = Report.objects.filter(
        kind=wanted.kind, first_period=wanted.first, last_period=wanted.last, campaign=wanted.campaign
    )
    newest = same.filter(state__in=PUBLIC_STATES).order_by("-revision").first()
    revision = newest.revision + 1 if newest else 1
    try:
        with transaction.atomic():
            report = Report.objects.create(
                kind=wanted.kind,
                first_period=wanted.first,
                last_period=wanted.last,
                campaign=wanted.campaign,
                as_of=wanted.as_of,
                revision=revision,
                slug=slug_of(
                    kind=wanted.kind,
                    first_period=wanted.first,
                    revision=revision,
                    campaign=wanted.campaign.code if wanted.campaign else "",
                ),
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
