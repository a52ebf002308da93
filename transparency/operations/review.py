"""Four eyes: one prepares and answers for it, another reads it and sends it back or publishes it."""

from datetime import datetime

from django.db import transaction

from core.models import User
from core.text import clean_paragraphs
from core.trail import ReasonMissing
from transparency.lifecycle import check_move, make_move
from transparency.models import Report, ReportAct

LONGEST_COMMENT = 1000


def send_to_review(*, report_id: int, actor: User, comment: str, now: datetime) -> Report:
    """`actor` becomes its preparer, and so can't publish it. Raises WrongState, ReasonMissing, core.text.TextError."""
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report_id)
        make_move(report=report, act=ReportAct.SEND_TO_REVIEW, actor=actor, comment=said(comment), now=now)
        report.prepared_by = actor
        report.prepared_at = now
        report.save(update_fields=["state", "prepared_by", "prepared_at"])
    return report


def ask_for_changes(*, report_id: int, actor: User, comment: str, now: datetime) -> Report:
    """Sends it back with what is to be put right. Raises WrongState, ReasonMissing, core.text.TextError."""
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report_id)
        make_move(report=report, act=ReportAct.ASK_FOR_CHANGES, actor=actor, comment=said(comment), now=now)
        report.save(update_fields=["state"])
    return report


def note_opened_evidence(*, report_id: int, evidence_id: int, title: str, actor: User, now: datetime) -> None:
    """Writes down that the reviewer opened a sample of the evidence; once for each. Raises WrongState."""
    what = f"{evidence_id}: {title}"[:LONGEST_COMMENT]
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report_id)
        opened = report.steps.filter(act=ReportAct.OPEN_EVIDENCE, actor=actor, comment=what)
        check_move(report=report, act=ReportAct.OPEN_EVIDENCE)
        if not opened.exists():
            make_move(report=report, act=ReportAct.OPEN_EVIDENCE, actor=actor, comment=what, now=now)


def said(comment: str) -> str:
    """The comment as it is kept. Raises ReasonMissing when it says nothing, core.text.TextError."""
    cleaned = clean_paragraphs(comment, max_length=LONGEST_COMMENT)
    if not cleaned:
        raise ReasonMissing("report")
    return cleaned
