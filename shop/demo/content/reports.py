"""The demo's reports: one published, one waiting for review."""

from datetime import datetime

from payments.operations import compare_with_provider
from shop.demo.content.staff import Staff
from transparency.models import Report, ReportKind, ReportState
from transparency.operations import build_report, publish_report, request_report, send_to_review


class NotDrafted(RuntimeError):
    """The demo's own report did not reconcile: a defect, with its findings."""


def send_report(*, period: int, staff: Staff, now: datetime) -> Report:
    """Compares with the provider, builds the month's report and sends it to review."""
    compare_with_provider(now=now)
    report = request_report(
        kind=ReportKind.MONTH, period=period, actor=staff.ada, reason="demo: the month is over", now=now
    )
    if build_report(report_id=report.pk, now=now) is not ReportState.DRAFT:
        report.refresh_from_db()
        raise NotDrafted("; ".join(str(finding) for finding in report.findings.all()) or str(report.state))
    return send_to_review(report_id=report.pk, actor=staff.ada, comment="demo: read through, figures agree", now=now)


def publish(*, period: int, staff: Staff, now: datetime) -> None:
    report = send_report(period=period, staff=staff, now=now)
    publish_report(report_id=report.pk, actor=staff.bartek, comment="demo: compared with the documents", now=now)
