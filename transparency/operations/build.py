"""Building a report: mark, rows, checks, notes, figures, content. May run twice; what a killed worker left is taken up."""

from datetime import datetime
from typing import Any

from django.db import transaction

from core.documents.canonical import sha256_hex
from ledger.operations import take_mark_and_read
from transparency import sources
from transparency.attribution.operations import bring_up_to_date
from transparency.checks import CHECKS, LAST_CHECKS, Check, Found, Scope
from transparency.figures.content import content_bytes
from transparency.figures.lines import LINES
from transparency.figures.schema import validate
from transparency.lifecycle import make_move
from transparency.models import BuildStep, MarkReading, Report, ReportAct, ReportFinding, ReportKind, ReportState
from transparency.operations.claim import STALE_AFTER, Claim, ClaimLost, take_claim
from transparency.replay import content_of
from transparency.sources.beside import last_ids, newest_reading, read_inputs
from transparency.sources.books import one_reading
from transparency.sources.notes import seal_month

__all__ = ["STALE_AFTER", "NoMarkThen", "build_report", "take_kept_mark"]

CHECKS_FROM, CHECKS_TO = 15, 65
MOST_FINDINGS_PER_CHECK = 50


class NoMarkThen(LookupError):
    """No mark as old as asked for is kept with what stood beside it. Not expected: the request was checked."""


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


def take_kept_mark(*, now: datetime) -> MarkReading:
    """A mark, and beside it how far every other table went and what things are called that day.

    The lines of the funds are brought up to date first, so that cohorts and what donors are told are of the same moment.
    """
    bring_up_to_date(now=now)
    mark, ids = take_mark_and_read(now=now, read=last_ids)
    return MarkReading.objects.create(mark=mark, ids=ids, names=sources.read_names())


def _build(claim: Claim) -> ReportState:
    claim.progress(step=BuildStep.MARK, percent=2)
    report = _marked(claim)
    scope = _scope(report)
    claim.progress(step=BuildStep.MARK, percent=5)
    scope = _with_rows(report, claim, scope)
    found = _run_checks(CHECKS, report, scope, claim)
    if not found and report.kind == ReportKind.MONTH:
        claim.progress(step=BuildStep.NOTES, percent=CHECKS_TO)
        scope = _with_notes(report, claim, scope)
        found = _run_checks(LAST_CHECKS, report, scope, claim, percents=(75, 78))
    if found:
        return _block(claim, found)
    claim.progress(step=BuildStep.FIGURES, percent=80)
    content = content_of(report, reading=scope.reading)
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
    report = Report.objects.select_related("mark", "campaign").get(pk=claim.report_id)
    if report.mark is None or report.inputs is None:
        beside = _reading_for(report, claim)
        with transaction.atomic():
            report = claim.hold()
            report.mark, report.names = beside.mark, beside.names
            report.inputs = {"ids": beside.ids}
            report.save(update_fields=["mark", "names", "inputs"])
    return report


def _reading_for(report: Report, claim: Claim) -> MarkReading:
    if report.as_of is None:
        return take_kept_mark(now=claim.time())
    beside = newest_reading(as_of=report.as_of)
    if beside is None:
        raise NoMarkThen(report.as_of.isoformat())
    return beside


def _with_rows(report: Report, claim: Claim, scope: Scope) -> Scope:
    """Which funds share a row, and what other reports say: chosen once and kept, so that a replay gives the same."""
    inputs = report.inputs or {}
    if "cells" not in inputs:
        _keep(report, claim, read_inputs(report=report, reading=scope.reading, ids=inputs["ids"]))
    return _scope(report, like=scope)


def _with_notes(report: Report, claim: Claim, scope: Scope) -> Scope:
    """The month's notes, made once: an erased donor's seed could not be made again."""
    assert report.mark is not None
    assert report.names is not None
    inputs = report.inputs or {}
    if "notes" not in inputs:
        sealed = seal_month(
            report=report.slug,
            donee=report.names["donee"]["code"],
            period=report.first_period,
            mark=report.mark,
            row_of={code: cell[0] for cell in inputs["cells"] for code in cell},
        )
        kept = {"root": sealed.root, "leaves": sealed.leaves, "sum": sealed.sum_minor, "taken_back": sealed.taken_back}
        _keep(report, claim, {**inputs, "notes": kept})
    return _scope(report, like=scope)


def _keep(report: Report, claim: Claim, inputs: dict[str, Any]) -> None:
    with transaction.atomic():
        held = claim.hold()
        held.inputs = inputs
        held.save(update_fields=["inputs"])
    report.inputs = inputs


def _scope(report: Report, *, like: Scope | None = None) -> Scope:
    """What the checks are given; `like` has read sums already."""
    assert report.mark is not None
    inputs = report.inputs or {}
    scope = Scope(
        kind=report.kind,
        first_period=report.first_period,
        last_period=report.last_period,
        mark=report.mark,
        ids=inputs["ids"],
        refused_rows=tuple(inputs.get("refused", ())),
        notes=inputs.get("notes"),
    )
    if like is not None:
        vars(scope)["reading"] = like.reading
    return scope


def _run_checks(
    checks: dict[Any, Check],
    report: Report,
    scope: Scope,
    claim: Claim,
    percents: tuple[int, int] = (CHECKS_FROM, CHECKS_TO),
) -> list[Found]:
    """What doesn't hold and wasn't accepted."""
    accepted = {(row.check_name, row.subject): row.amount_minor for row in report.accepted.filter(mark=report.mark)}
    found: list[Found] = []
    for index, check in enumerate(checks.values()):
        percent = percents[0] + (percents[1] - percents[0]) * index // len(checks)
        claim.progress(step=BuildStep.CHECKS, percent=percent)
        left = [one for one in check(scope) if not _is_accepted(one, accepted)]
        found.extend(left[:MOST_FINDINGS_PER_CHECK])
    return found


def _is_accepted(found: Found, accepted: dict[tuple[str, str], int]) -> bool:
    if found.expected is None or found.actual is None:
        return False
    return accepted.get((found.check.value, found.subject[:120])) == found.actual - found.expected


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
