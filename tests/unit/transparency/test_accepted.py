"""A treasurer accepts a named difference: under the cap, of a kind that may be waived, with the reason that is printed."""

import json

import pytest
from django.db import DatabaseError, transaction

from core.models import User
from core.trail import ReasonMissing
from ledger import accounts
from ledger.models import EntryKind
from ledger.operations import Line, post
from tests.factories.transparency import NOVEMBER_16, OCTOBER, OCTOBER_NOON, Giving, make_staff
from transparency import operations
from transparency.checks import ACCEPTABLE, CHECKS, LAST_CHECKS
from transparency.figures.content import content_bytes
from transparency.models import AcceptedDifference, CheckName, Report, ReportKind, ReportState
from transparency.replay import content_of


@pytest.fixture
def treasurer(db: None) -> User:
    return make_staff("tekla")


def short_by(amount_minor: int) -> None:
    """Money leaves the provider's account in our books, and the provider's books don't say so."""
    post(
        reference=f"payout:by-hand:{amount_minor}",
        kind=EntryKind.PAYOUT,
        event_at=OCTOBER_NOON,
        lines=[Line(accounts.BANK, amount_minor), Line(accounts.STRIPE_CLEARING, -amount_minor)],
        now=OCTOBER_NOON,
    )


@pytest.fixture
def blocked(books: Giving, ada: User) -> Report:
    """October, stopped by 3 grosze at the payment provider."""
    books.give(50_00)
    short_by(3)
    report = operations.request_report(
        kind=ReportKind.MONTH, period=OCTOBER, actor=ada, reason="the month is over", now=NOVEMBER_16
    )
    assert operations.build_report(report_id=report.pk, now=NOVEMBER_16) is ReportState.BLOCKED
    report.refresh_from_db()
    return report


def accept(report: Report, actor: User, reason: str = "rounding of a charge in euro") -> Report:
    finding = report.findings.order_by("id").first()
    assert finding is not None
    return operations.accept_difference(
        report_id=report.pk, finding_id=finding.pk, actor=actor, reason=reason, now=NOVEMBER_16
    )


def test_it_is_printed_with_its_reason(blocked: Report, treasurer: User) -> None:
    mark = blocked.mark_id
    accept(blocked, treasurer)
    assert operations.build_report(report_id=blocked.pk, now=NOVEMBER_16) is ReportState.DRAFT
    blocked.refresh_from_db()
    assert blocked.mark_id == mark, "what was accepted was found at this mark"
    said = json.loads(bytes(blocked.content or b""))
    (printed,) = said["accepted_differences"]
    assert (printed["check"], printed["amount"], printed["reason"]) == ("clearing", -3, "rounding of a charge in euro")
    assert "differences_accepted" in said["limits"]
    assert content_bytes(content_of(blocked)) == bytes(blocked.content or b"")


def test_who_accepts_does_not_publish(blocked: Report, ada: User, treasurer: User) -> None:
    accept(blocked, treasurer)
    operations.build_report(report_id=blocked.pk, now=NOVEMBER_16)
    operations.send_to_review(report_id=blocked.pk, actor=ada, comment="ready", now=NOVEMBER_16)
    with pytest.raises(operations.SamePerson):
        operations.publish_report(report_id=blocked.pk, actor=treasurer, comment="fine", now=NOVEMBER_16)


def test_another_sum_at_the_same_place_is_not_accepted_by_it(blocked: Report, ada: User, treasurer: User) -> None:
    accept(blocked, treasurer)
    operations.build_report(report_id=blocked.pk, now=NOVEMBER_16)
    short_by(4)
    operations.rebuild_report(report_id=blocked.pk, actor=ada, reason="look again", now=NOVEMBER_16)
    assert operations.build_report(report_id=blocked.pk, now=NOVEMBER_16) is ReportState.BLOCKED


def test_more_than_the_cap_is_refused(blocked: Report, treasurer: User, settings) -> None:
    settings.REPORT_DIFFERENCE_CAP_MINOR = 2
    with pytest.raises(operations.OverTheCap) as refused:
        accept(blocked, treasurer)
    assert (refused.value.difference_minor, refused.value.cap_minor) == (-3, 2)
    assert not AcceptedDifference.objects.exists()


def test_without_a_reason_it_is_refused(blocked: Report, treasurer: User) -> None:
    with pytest.raises(ReasonMissing):
        accept(blocked, treasurer, reason=" ")


def test_what_says_that_the_books_contradict_themselves_is_never_waived(blocked: Report, treasurer: User) -> None:
    never = (CHECKS.keys() | LAST_CHECKS.keys()) - ACCEPTABLE
    assert {CheckName.ENTRIES_BALANCE, CheckName.NOTES_SUM, CheckName.SMALL_CELLS, CheckName.FUND_IDENTITY} <= never
    for name in sorted(never):
        blocked.findings.update(check_name=name)
        with pytest.raises(operations.NotAcceptable):
            accept(blocked, treasurer)


def test_what_was_accepted_can_not_be_rewritten(blocked: Report, treasurer: User) -> None:
    accept(blocked, treasurer)
    with pytest.raises(DatabaseError), transaction.atomic():
        AcceptedDifference.objects.update(reason="nothing")


def test_a_finding_that_is_gone_is_refused(blocked: Report, treasurer: User) -> None:
    finding = blocked.findings.get()
    with pytest.raises(operations.NoSuchFinding):
        operations.accept_difference(
            report_id=blocked.pk, finding_id=finding.pk + 1, actor=treasurer, reason="a try", now=NOVEMBER_16
        )
