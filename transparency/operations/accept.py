"""A treasurer accepts a named difference: under a cap, with the reason that the report prints."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from core.models import User
from core.queue import enqueue
from core.text import clean_line
from core.trail import ReasonMissing
from transparency.checks import ACCEPTABLE
from transparency.lifecycle import check_move, make_move
from transparency.models import AcceptedDifference, BuildStep, CheckName, Report, ReportAct, ReportFinding

LONGEST_REASON = 500


class NoSuchFinding(LookupError):
    """The report has no such finding any more. Expected: it was built again meanwhile."""


class NotAcceptable(Exception):
    """A finding of this kind is never waived, or it compares no sums. Expected. `check` is its name."""

    def __init__(self, *, check: str) -> None:
        super().__init__(check)
        self.check = check


class OverTheCap(Exception):
    """The difference is more than a treasurer may accept. Expected. In grosze."""

    def __init__(self, *, difference_minor: int, cap_minor: int) -> None:
        super().__init__(f"{difference_minor} is more than {cap_minor}")
        self.difference_minor = difference_minor
        self.cap_minor = cap_minor


def accept_difference(*, report_id: int, finding_id: int, actor: User, reason: str, now: datetime) -> Report:
    """Accepts one finding of a blocked report, which is then built again at the same mark and names.

    Whoever accepts has a part in the report and can't publish it. The same check finding another sum stops it again. Raises
    WrongState, NoSuchFinding, NotAcceptable, OverTheCap, ReasonMissing, core.text.TextError.
    """
    reason = clean_line(reason, max_length=LONGEST_REASON)
    if not reason:
        raise ReasonMissing("report.accept_difference")
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report_id)
        check_move(report=report, act=ReportAct.ACCEPT_DIFFERENCE)
        finding = report.findings.filter(pk=finding_id).first()
        if finding is None or report.mark_id is None:
            raise NoSuchFinding(str(finding_id))
        amount = acceptable_difference(finding)
        AcceptedDifference.objects.create(
            report=report,
            mark_id=report.mark_id,
            check_name=finding.check_name,
            subject=finding.subject,
            amount_minor=amount,
            reason=reason,
            accepted_by=actor,
            accepted_at=now,
        )
        make_move(report=report, act=ReportAct.ACCEPT_DIFFERENCE, actor=actor, comment=reason, now=now)
        report.build_step, report.progress_percent, report.attempts = BuildStep.WAITING, 0, 0
        report.claim = report.heartbeat_at = None
        report.save()
        enqueue("transparency.build_report", report.pk)
    return report


def acceptable_difference(finding: ReportFinding) -> int:
    """The difference in grosze, if it is one that may be accepted. Raises NotAcceptable, OverTheCap."""
    difference = finding.difference_minor
    if CheckName(finding.check_name) not in ACCEPTABLE or difference is None:
        raise NotAcceptable(check=finding.check_name)
    if abs(difference) > settings.REPORT_DIFFERENCE_CAP_MINOR:
        raise OverTheCap(difference_minor=difference, cap_minor=settings.REPORT_DIFFERENCE_CAP_MINOR)
    return difference
