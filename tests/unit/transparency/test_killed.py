"""A worker killed at any step leaves a report that goes on or starts again, never half of one; and gifts that keep arriving
change nothing of what stands at the mark.
"""

import json
import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from core.models import User
from tests.factories.transparency import NOVEMBER_16, OCTOBER, Giving, make_staff, open_catalogue
from tests.support.database import CommittedDatabase
from tests.support.meeting import until
from transparency import operations
from transparency.figures.content import content_bytes
from transparency.models import BuildStep, Report, ReportKind, ReportState, ReportStep
from transparency.operations import claim as claims
from transparency.operations.claim import STALE_AFTER
from transparency.replay import content_of

LATER = NOVEMBER_16 + STALE_AFTER + timedelta(minutes=1)
STEPS = [BuildStep.MARK, BuildStep.CHECKS, BuildStep.NOTES, BuildStep.FIGURES, BuildStep.CONTENT]


class Killed(BaseException):
    """Like a kill: nothing in the worker catches it."""


def requested(ada: User) -> Report:
    return operations.request_report(
        kind=ReportKind.MONTH, period=OCTOBER, actor=ada, reason="the month is over", now=NOVEMBER_16
    )


def at_step(wanted: BuildStep, act: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Does something when a worker comes to a step, after it has said so; once."""
    real = claims.Claim.progress
    done: list[BuildStep] = []

    def listening(self: claims.Claim, *, step: BuildStep, percent: int) -> None:
        real(self, step=step, percent=percent)
        if step is wanted and not done:
            done.append(step)
            act()

    monkeypatch.setattr(claims.Claim, "progress", listening)


def die() -> None:
    raise Killed


@pytest.mark.parametrize("step", STEPS)
def test_what_a_killed_worker_left_is_finished_by_another(
    step: BuildStep, books: Giving, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.give(50_00)
    report = requested(ada)
    at_step(step, die, monkeypatch)
    with pytest.raises(Killed):
        operations.build_report(report_id=report.pk, now=NOVEMBER_16)
    report.refresh_from_db()
    assert (report.state, report.content) == (ReportState.BUILDING, None), "nothing half"
    mark = report.mark_id
    assert operations.build_report(report_id=report.pk, now=NOVEMBER_16) is None, "it may still be alive"
    assert operations.sweep(now=LATER) == [report.pk]
    assert operations.build_report(report_id=report.pk, now=LATER) is ReportState.DRAFT
    report.refresh_from_db()
    assert mark in (None, report.mark_id), "a mark that was taken is kept"
    assert content_bytes(content_of(report)) == bytes(report.content or b"")
    assert ReportStep.objects.filter(report=report, act="draft").count() == 1


@pytest.fixture
def october(committed_db: CommittedDatabase) -> Report:
    open_catalogue()
    books = Giving()
    with transaction.atomic():
        for amount in (10_00, 20_00, 30_00, 40_00, 50_00):
            books.give(amount)
    return requested(make_staff("ada"))


def test_a_process_that_is_really_killed_leaves_nothing_half(october: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    at_step(BuildStep.CONTENT, lambda: os.kill(os.getpid(), signal.SIGKILL), monkeypatch)
    connections.close_all()
    child = os.fork()
    if child == 0:
        operations.build_report(report_id=october.pk, now=NOVEMBER_16)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    monkeypatch.undo()
    october.refresh_from_db()
    assert (october.state, october.content) == (ReportState.BUILDING, None)
    assert (october.inputs or {})["notes"]["sum"] == 150_00, "what was committed before the kill is kept"
    assert operations.build_report(report_id=october.pk, now=LATER) is ReportState.DRAFT


def test_a_report_built_while_gifts_keep_arriving_is_its_replay(october: Report) -> None:
    stop, gave = threading.Event(), list[int]()

    def keep_giving() -> None:
        try:
            while not stop.is_set():
                with transaction.atomic():
                    Giving().give(70_00, now=NOVEMBER_16)
                gave.append(1)
        finally:
            connection.close()

    givers = [threading.Thread(target=keep_giving) for _giver in range(2)]
    for giver in givers:
        giver.start()
    try:
        until(lambda: gave, "gifts arrive")
        assert operations.build_report(report_id=october.pk, now=NOVEMBER_16) is ReportState.DRAFT
        october.refresh_from_db()
        during = content_bytes(content_of(october))
    finally:
        stop.set()
        for giver in givers:
            giver.join()
    assert during == bytes(october.content or b"") == content_bytes(content_of(october))
    came_in = json.loads(during)["lines"]["came_in"]
    assert json.loads(during)["notes"]["sum"] == came_in
    assert came_in <= 150_00 + 70_00 * len(gave)
