"""The way of a report from the request to the public, and who may do what on it."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.models import TrailEntry, User
from core.trail import ReasonMissing
from tests.factories.transparency import NOVEMBER_16, OCTOBER, Giving, make_published, make_staff
from transparency import operations
from transparency.lifecycle import MOVES, WrongState, possible_acts
from transparency.models import Report, ReportAct, ReportKind, ReportState, ReportStep
from transparency.promises import published_by_another

LATER = NOVEMBER_16.replace(day=20)


def drafted(ada: User) -> Report:
    report = operations.request_report(
        kind=ReportKind.MONTH, period=OCTOBER, actor=ada, reason="the month is over", now=NOVEMBER_16
    )
    assert operations.build_report(report_id=report.pk, now=NOVEMBER_16) is ReportState.DRAFT
    report.refresh_from_db()
    return report


def in_review(ada: User) -> Report:
    report = drafted(ada)
    return operations.send_to_review(report_id=report.pk, actor=ada, comment="ready", now=NOVEMBER_16)


def test_every_state_can_be_reached_and_left_but_the_last() -> None:
    reached = {move.target for move in MOVES.values()} | {ReportState.REQUESTED}
    left = {source for move in MOVES.values() for source in move.sources}
    assert reached == set(ReportState)
    assert left == set(ReportState) - {ReportState.SUPERSEDED}


def test_nothing_can_be_done_by_hand_with_a_report_that_is_public_or_being_built() -> None:
    for state in (ReportState.REQUESTED, ReportState.BUILDING, ReportState.PUBLISHED, ReportState.SUPERSEDED):
        assert possible_acts(state) == []


@pytest.mark.money
def test_from_request_to_publication(books: Giving, ada: User, bartek: User) -> None:
    books.give(50_00)
    report = make_published(ada=ada, bartek=bartek)
    assert report.state == ReportState.PUBLISHED
    acts = list(ReportStep.objects.filter(report=report).values_list("act", "actor__username"))
    assert acts == [
        ("request", "ada"),
        ("start", None),
        ("draft", None),
        ("send_to_review", "ada"),
        ("publish", "bartek"),
    ]
    trail = TrailEntry.objects.filter(subject=f"report:{report.pk}").values_list("act", "reason")
    assert list(trail) == [
        ("report.request", "the month is over"),
        ("report.send_to_review", "the figures are as expected"),
        ("report.publish", "read and compared"),
    ]


def test_who_prepared_does_not_publish(books: Giving, ada: User) -> None:
    report = in_review(ada)
    with pytest.raises(operations.SamePerson):
        operations.publish_report(report_id=report.pk, actor=ada, comment="fine", now=LATER)


def test_who_only_asked_for_it_does_not_publish_either(books: Giving, ada: User, bartek: User) -> None:
    report = drafted(ada)
    operations.send_to_review(report_id=report.pk, actor=bartek, comment="ready", now=LATER)
    with pytest.raises(operations.SamePerson):
        operations.publish_report(report_id=report.pk, actor=ada, comment="fine", now=LATER)


def test_who_prepared_an_earlier_round_does_not_publish(books: Giving, ada: User, bartek: User) -> None:
    report = in_review(ada)
    operations.ask_for_changes(report_id=report.pk, actor=bartek, comment="which invoice is this?", now=LATER)
    cezary = make_staff("cezary")
    operations.send_to_review(report_id=report.pk, actor=cezary, comment="it is number 7", now=LATER)
    with pytest.raises(operations.SamePerson):
        operations.publish_report(report_id=report.pk, actor=ada, comment="fine", now=LATER)
    published = operations.publish_report(report_id=report.pk, actor=bartek, comment="clear now", now=LATER)
    assert published.state == ReportState.PUBLISHED


def test_the_database_refuses_one_pair_of_eyes(books: Giving, ada: User) -> None:
    report = in_review(ada)
    with pytest.raises(IntegrityError, match="report_published_by_another"), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(state="published", published_by=ada, published_at=LATER)


def test_the_audit_finds_one_pair_of_eyes(books: Giving, ada: User, bartek: User) -> None:
    """Bartek publishes what Ada prepared; then the trail is made to say that he had sent it to review as well."""
    report = make_published(ada=ada, bartek=bartek)
    assert published_by_another().count == 1
    assert not published_by_another().findings
    ReportStep.objects.create(
        report=report, act=ReportAct.SEND_TO_REVIEW, actor=bartek, comment="mine", at=LATER,
        from_state=ReportState.DRAFT, to_state=ReportState.IN_REVIEW,
    )  # fmt: skip
    (finding,) = published_by_another().findings
    assert report.slug in finding.message


def test_a_comment_that_says_nothing_is_refused(books: Giving, ada: User, bartek: User) -> None:
    report = in_review(ada)
    for act in (operations.ask_for_changes, operations.publish_report):
        with pytest.raises(ReasonMissing):
            act(report_id=report.pk, actor=bartek, comment="  ", now=LATER)


def test_what_is_not_in_review_is_not_published(books: Giving, ada: User, bartek: User) -> None:
    report = drafted(ada)
    with pytest.raises(WrongState) as refused:
        operations.publish_report(report_id=report.pk, actor=bartek, comment="fine", now=LATER)
    assert (refused.value.act, refused.value.state) == (ReportAct.PUBLISH, ReportState.DRAFT)


def test_what_is_published_can_not_change(books: Giving, ada: User, bartek: User) -> None:
    report = make_published(ada=ada, bartek=bartek)
    rewritten = (
        {"content": b"{}"},
        {"sha256": "0" * 64},
        {"summary": {}},
        {"names": {}},
        {"slug": "2026-10-r9"},
        {"published_by": None},
        {"state": "draft"},
        {"state": "in_review"},
    )
    for change in rewritten:
        with pytest.raises(DatabaseError, match="is published"), transaction.atomic():
            Report.objects.filter(pk=report.pk).update(**change)
    with pytest.raises(DatabaseError, match="is published"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM transparency_report WHERE id = %s", [report.pk])


def test_a_trail_can_not_be_rewritten(books: Giving, ada: User) -> None:
    report = drafted(ada)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportStep.objects.filter(report=report).update(comment="nothing happened")


def test_a_correction_is_a_new_revision_and_the_old_one_stays(books: Giving, ada: User, bartek: User) -> None:
    first = make_published(ada=ada, bartek=bartek)
    kept = bytes(first.content or b"")
    second = make_published(ada=ada, bartek=bartek, reason="a need was misnamed", at=LATER)
    first.refresh_from_db()
    assert (first.slug, first.state) == ("2026-10-r1", ReportState.SUPERSEDED)
    assert (second.slug, second.state) == ("2026-10-r2", ReportState.PUBLISHED)
    assert bytes(first.content or b"") == kept


def test_one_report_of_the_same_months_at_a_time(books: Giving, ada: User) -> None:
    report = drafted(ada)
    with pytest.raises(operations.AlreadyOpen) as refused:
        operations.request_report(kind=ReportKind.MONTH, period=OCTOBER, actor=ada, reason="again", now=LATER)
    assert refused.value.report_id == report.pk


def test_a_month_that_runs_is_reported_only_to_date(books: Giving, ada: User) -> None:
    with pytest.raises(operations.PeriodNotOver):
        operations.request_report(kind=ReportKind.MONTH, period=202611, actor=ada, reason="curious", now=LATER)
    with pytest.raises(operations.PeriodNotOver):
        operations.request_report(kind=ReportKind.YEAR, period=2026, actor=ada, reason="curious", now=LATER)
    report = operations.request_report(
        kind=ReportKind.TO_DATE, period=202611, actor=ada, reason="a donor asked", now=LATER
    )
    assert report.slug == "2026-11-to-date-r1"


@pytest.mark.parametrize("period", [202613, 202600, 0, -1])
def test_what_is_no_month_is_refused(books: Giving, ada: User, period: int) -> None:
    with pytest.raises(operations.NoSuchPeriod):
        operations.request_report(kind=ReportKind.MONTH, period=period, actor=ada, reason="a try", now=LATER)


def test_a_report_needs_a_reason(books: Giving, ada: User) -> None:
    with pytest.raises(ReasonMissing):
        operations.request_report(kind=ReportKind.MONTH, period=OCTOBER, actor=ada, reason=" ", now=LATER)
