"""Who builds a report: one worker at a time, known by a token. A worker that lost its claim can write nothing more."""

import time
import uuid
from datetime import datetime, timedelta

from django.db import transaction

from transparency.lifecycle import make_move
from transparency.models import BuildStep, CheckName, Report, ReportAct, ReportFinding, ReportState

STALE_AFTER = timedelta(minutes=10)
"""A worker silent for so long is taken for dead. Its longest single step, a full recount, takes about a minute."""
MOST_ATTEMPTS = 5


class ClaimLost(Exception):
    """Another worker took the report over. Expected when this one stood still for too long."""


class Claim:
    """One worker's hold on one report. The clock starts at `now` and runs with the machine's."""

    def __init__(self, *, report_id: int, now: datetime) -> None:
        self.report_id = report_id
        self.token = uuid.uuid4()
        self._began = time.monotonic()
        self._now = now

    def time(self) -> datetime:
        """The present, by the clock that the caller set."""
        return self._now + timedelta(seconds=time.monotonic() - self._began)

    def hold(self) -> Report:
        """The row, locked until the surrounding database transaction ends. Raises ClaimLost."""
        report = Report.objects.select_for_update().filter(pk=self.report_id, claim=self.token).first()
        if report is None or report.state != ReportState.BUILDING:
            raise ClaimLost(str(self.report_id))
        return report

    def progress(self, *, step: BuildStep, percent: int) -> None:
        """Says what is being done now. Raises ClaimLost."""
        held = Report.objects.filter(pk=self.report_id, claim=self.token, state=ReportState.BUILDING)
        if not held.update(build_step=step, progress_percent=percent, heartbeat_at=self.time()):
            raise ClaimLost(str(self.report_id))

    def let_go(self) -> None:
        """After a failure: the sweeper needn't wait until the silence is long."""
        Report.objects.filter(pk=self.report_id, claim=self.token).update(claim=None, heartbeat_at=None)


def take_claim(*, report_id: int, now: datetime) -> Claim | None:
    """A claim, or None where there is nothing to do: built already, somebody is at it, or it failed too often."""
    claim = Claim(report_id=report_id, now=now)
    with transaction.atomic():
        report = Report.objects.select_for_update().filter(pk=report_id).first()
        if report is None or not _free(report, now):
            return None
        make_move(report=report, act=ReportAct.START, actor=None, comment="", now=now)
        report.claim, report.heartbeat_at = claim.token, now
        report.attempts += 1
        if report.attempts > MOST_ATTEMPTS:
            ReportFinding.objects.create(report=report, check_name=CheckName.BUILD_COMPLETES, subject=report.slug)
            make_move(report=report, act=ReportAct.BLOCK, actor=None, comment="", now=now)
            report.save()
            return None
        report.save()
    return claim


def _free(report: Report, now: datetime) -> bool:
    if report.state == ReportState.REQUESTED:
        return True
    silent = report.heartbeat_at is None or report.heartbeat_at < now - STALE_AFTER
    return report.state == ReportState.BUILDING and silent
