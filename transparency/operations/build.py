"""Building a report: mark, checks, figures, content. May run twice; what a killed worker left is taken up again."""

from datetime import datetime

from django.db import transaction

from core.documents.canonical import sha256_hex
from ledger.operations import take_mark
from transparency import sources
from transparency.checks import CHECKS, Found, Scope
from transparency.figures.compose import content_bytes
from transparency.figures.lines import LINES
from transparency.figures.schema import validate
from transparency.lifecycle import make_move
from transparency.models import BuildStep, Report, ReportAct, ReportFinding, ReportState
from transparency.operations.claim import STALE_AFTER, Claim, ClaimLost, take_claim
from transparency.replay import content_of
from transparency.sources.books import one_reading

__all__ = ["STALE_AFTER", "build_report"]

CHECKS_FROM, CHECKS_TO = 10, 70
MOST_FINDINGS_PER_CHECK = 50


def build_report(*, report_id: int, now: datetime) -> ReportState | None:
    """Brings a requested report to draft, or to blocked with what was found. Returns its new state, None when idle.

    What goes wrong unexpectedly is raised for the log; the report stays in building and the sweeper sends it again.
    """
    claim = take_claim(report_id=report_id, now=now)
    if claim is None:
        return None
    try:
        with one_reading():
            return _build(claim)
    except ClaimLost:
        return None
    except Exception:
        claim.let_go()
        raise


def _build(claim: Claim) -> ReportState:
    claim.progress(step=BuildStep.MARK, percent=2)
    report = _marked(claim)
    found = _run_checks(report, claim)
    if found:
        return _block(claim, found)
    claim.progress(step=BuildStep.FIGURES, percent=CHECKS_TO)
    content = content_of(report)
    claim.progress(step=BuildStep.CONTENT, percent=90)
    validate(content)
    body = content_bytes(content)
    with transaction.atomic():
        held = claim.hold()
        held.findings.all().delete()
        held.content, held.sha256 = body, sha256_hex(body)
        held.summary = {line: content["lines"][line] for line in LINES}
        return _finish(held, claim, ReportAct.DRAFT)


def _marked(claim: Claim) -> Report:
    """The report with its mark and the names of that day; those it has are kept, so that a retry gives the same."""
    with transaction.atomic():
        report = claim.hold()
        if report.mark is None:
            report.mark = take_mark(now=claim.time())
            report.names = sources.read_names()
            report.save(update_fields=["mark", "names"])
    return report


def _run_checks(report: Report, claim: Claim) -> list[Found]:
    assert report.mark is not None
    scope = Scope(kind=report.kind, first_period=report.first_period, last_period=report.last_period, mark=report.mark)
    found: list[Found] = []
    for index, check in enumerate(CHECKS.values()):
        percent = CHECKS_FROM + (CHECKS_TO - CHECKS_FROM) * index // len(CHECKS)
        claim.progress(step=BuildStep.CHECKS, percent=percent)
        found.extend(list(check(scope))[:MOST_FINDINGS_PER_CHECK])
    return found


def _block(claim: Claim, found: list[Found]) -> ReportState:
    with transaction.atomic():
        held = claim.hold()
        held.findings.all().delete()
        ReportFinding.objects.bulk_create(
            ReportFinding(
                report=held,
                check_name=finding.check,
                subject=finding.subject[:120],
                expected_minor=finding.expected,
                actual_minor=finding.actual,
                entries=list(finding.entries),
            )
            for finding in found
        )
        return _finish(held, claim, ReportAct.BLOCK)


def _finish(held: Report, claim: Claim, act: ReportAct) -> ReportState:
    make_move(report=held, act=act, actor=None, comment="", now=claim.time())
    held.claim, held.build_step, held.progress_percent = None, BuildStep.DONE, 100
    held.save()
    return ReportState(held.state)
