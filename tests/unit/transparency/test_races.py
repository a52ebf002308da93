"""Two at once: a gift that arrives while its month is being published, two workers on one report. With negative controls."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from core.models import User
from ledger.models import JournalEntry
from tests.factories.transparency import NOVEMBER_16, OCTOBER, Giving, make_staff, open_catalogue
from tests.support.database import CommittedDatabase
from tests.support.meeting import meet_after_looking
from transparency import operations
from transparency.lifecycle import WrongState
from transparency.models import Report, ReportKind, ReportState
from transparency.operations import claim

PATIENCE = 1.0
"""Seconds after which somebody who waits is taken to be waiting for a lock."""


def in_a_thread(act: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def october_in_review() -> tuple[Report, User]:
    open_catalogue()
    ada, bartek = make_staff("ada"), make_staff("bartek")
    report = operations.request_report(
        kind=ReportKind.MONTH, period=OCTOBER, actor=ada, reason="the month is over", now=NOVEMBER_16
    )
    operations.build_report(report_id=report.pk, now=NOVEMBER_16)
    operations.send_to_review(report_id=report.pk, actor=ada, comment="ready", now=NOVEMBER_16)
    return report, bartek


def give_in_october() -> None:
    with transaction.atomic():
        Giving().give(50_00, now=NOVEMBER_16)


def publish_while_a_gift_arrives() -> int:
    """Publishes, lets a gift of October try before that is committed, and says into which month the gift fell."""
    report, bartek = october_in_review()
    with transaction.atomic():
        operations.publish_report(report_id=report.pk, actor=bartek, comment="read", now=NOVEMBER_16)
        giving = in_a_thread(give_in_october)
        giving.join(PATIENCE)
    giving.join()
    return JournalEntry.objects.get(kind="gift").period


def test_a_gift_that_arrives_during_publication_falls_into_the_next_month(committed_db: CommittedDatabase) -> None:
    assert publish_while_a_gift_arrives() == 202611


def test_without_closing_the_gift_would_be_in_no_report(
    committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transparency.operations.publish.close_period", lambda **_: None)
    assert publish_while_a_gift_arrives() == OCTOBER


def claim_in_two_threads() -> int:
    """How many of two workers that come at once get the report."""
    open_catalogue()
    report = operations.request_report(
        kind=ReportKind.MONTH, period=OCTOBER, actor=make_staff("ada"), reason="the month is over", now=NOVEMBER_16
    )
    claims: list[object] = []
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        claims.append(claim.take_claim(report_id=report.pk, now=NOVEMBER_16))

    for thread in [in_a_thread(work), in_a_thread(work)]:
        thread.join()
    return sum(taken is not None for taken in claims)


def test_one_of_two_workers_gets_the_report(committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_after_looking(monkeypatch, (claim, "_free"))
    assert claim_in_two_threads() == 1


def test_without_the_lock_both_workers_get_it(committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_after_looking(monkeypatch, (claim, "_free"))
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self)
    assert claim_in_two_threads() == 2


def test_two_requests_at_once_make_one_report(committed_db: CommittedDatabase) -> None:
    open_catalogue()
    ada = make_staff("ada")
    refused: list[operations.AlreadyOpen] = []
    together = threading.Barrier(2)

    def ask() -> None:
        together.wait()
        try:
            operations.request_report(
                kind=ReportKind.MONTH, period=OCTOBER, actor=ada, reason="the month is over", now=NOVEMBER_16
            )
        except operations.AlreadyOpen as already:
            refused.append(already)

    for thread in [in_a_thread(ask), in_a_thread(ask)]:
        thread.join()
    report = Report.objects.get()
    assert [already.report_id for already in refused] == [report.pk]


def test_two_reviewers_publish_once(committed_db: CommittedDatabase) -> None:
    report, bartek = october_in_review()
    cezary = make_staff("cezary")
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def publish(actor: User) -> None:
        together.wait()
        try:
            operations.publish_report(report_id=report.pk, actor=actor, comment="read", now=NOVEMBER_16)
            outcomes.append("published")
        except WrongState:
            outcomes.append("too late")

    for thread in [in_a_thread(lambda: publish(bartek)), in_a_thread(lambda: publish(cezary))]:
        thread.join()
    assert sorted(outcomes) == ["published", "too late"]
    assert Report.objects.get().state == ReportState.PUBLISHED
