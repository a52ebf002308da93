"""Building: the mark decides the bytes, a killed worker's report is taken up again, findings block."""

import json
from datetime import timedelta

import pytest

from aid_packages.models import Need
from core.models import User
from ledger import accounts
from ledger.models import EntryKind, FundUse
from ledger.operations import Line, close_period, post, take_mark
from tests.factories.transparency import (
    FEE,
    NOVEMBER_16,
    OCTOBER,
    OCTOBER_NOON,
    Giving,
    make_published,
    pay_out,
    spend_through_partner,
)
from transparency import operations
from transparency.checks import CHECKS, LAST_CHECKS, Scope
from transparency.figures.content import content_bytes
from transparency.models import BuildStep, CheckName, Report, ReportKind, ReportState, ReportStep
from transparency.operations import claim as claims
from transparency.operations.claim import MOST_ATTEMPTS, STALE_AFTER, ClaimLost, take_claim
from transparency.promises import broken_replays
from transparency.replay import content_of

Hints = list[tuple[str, tuple[int, ...]]]


def requested(ada: User, kind: ReportKind = ReportKind.MONTH, period: int = OCTOBER) -> Report:
    return operations.request_report(kind=kind, period=period, actor=ada, reason="the month is over", now=NOVEMBER_16)


def built(ada: User, kind: ReportKind = ReportKind.MONTH, period: int = OCTOBER) -> Report:
    report = requested(ada, kind, period)
    operations.build_report(report_id=report.pk, now=NOVEMBER_16)
    report.refresh_from_db()
    return report


def test_gifts_that_arrive_after_the_mark_change_no_byte(books: Giving, ada: User) -> None:
    books.give(50_00)
    report = built(ada)
    before = bytes(report.content or b"")
    for amount in (20_00, 30_00, 40_00):
        books.give(amount, now=NOVEMBER_16 + timedelta(hours=1))
        assert content_bytes(content_of(report)) == before
    assert json.loads(before)["lines"]["came_in"] == 50_00


def test_a_need_that_is_renamed_changes_no_byte(books: Giving, ada: User) -> None:
    books.give(50_00)
    report = built(ada)
    Need.objects.filter(fund_code="WARM-NIGHT").update(title={"pl": "Inaczej", "en": "Otherwise"})
    assert content_bytes(content_of(report)) == bytes(report.content or b"")


def test_building_twice_is_building_once(books: Giving, ada: User) -> None:
    report = built(ada)
    assert operations.build_report(report_id=report.pk, now=NOVEMBER_16) is None
    assert ReportStep.objects.filter(report=report, act="draft").count() == 1


def test_a_request_sends_one_hint(
    books: Giving, ada: User, hints: Hints, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django doesn't type it
        report = requested(ada)
    assert hints == [("transparency.build_report", (report.pk,))]


def test_progress_is_told_step_by_step(books: Giving, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[BuildStep, int]] = []
    real = claims.Claim.progress

    def listening(self: claims.Claim, *, step: BuildStep, percent: int) -> None:
        told.append((step, percent))
        real(self, step=step, percent=percent)

    monkeypatch.setattr(claims.Claim, "progress", listening)
    report = built(ada)
    percents = [percent for _, percent in told]
    assert percents == sorted(percents)
    assert [step for step, _ in told if step is BuildStep.CHECKS] == [BuildStep.CHECKS] * (
        len(CHECKS) + len(LAST_CHECKS)
    )
    assert (report.build_step, report.progress_percent) == (BuildStep.DONE, 100)


def test_a_killed_worker_leaves_a_report_that_the_sweeper_sends_again(
    books: Giving, ada: User, hints: Hints, django_capture_on_commit_callbacks: object
) -> None:
    books.give(50_00)
    report = requested(ada)
    assert take_claim(report_id=report.pk, now=NOVEMBER_16) is not None
    soon, late = NOVEMBER_16 + timedelta(minutes=1), NOVEMBER_16 + STALE_AFTER + timedelta(seconds=1)
    assert operations.sweep(now=soon) == []
    assert operations.build_report(report_id=report.pk, now=soon) is None
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django doesn't type it
        assert operations.sweep(now=late) == [report.pk]
    assert hints == [("transparency.build_report", (report.pk,))]
    assert operations.build_report(report_id=report.pk, now=late) is ReportState.DRAFT


def test_a_worker_that_was_overtaken_can_write_nothing(books: Giving, ada: User) -> None:
    report = requested(ada)
    slow = take_claim(report_id=report.pk, now=NOVEMBER_16)
    quick = take_claim(report_id=report.pk, now=NOVEMBER_16 + STALE_AFTER + timedelta(seconds=1))
    assert slow is not None
    assert quick is not None
    with pytest.raises(ClaimLost):
        slow.progress(step=BuildStep.FIGURES, percent=70)
    with pytest.raises(ClaimLost):
        slow.hold()
    quick.progress(step=BuildStep.FIGURES, percent=70)


def test_a_retry_keeps_the_mark(books: Giving, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    books.give(50_00)
    report = requested(ada)
    monkeypatch.setattr("transparency.operations.build.validate", _no_memory)
    with pytest.raises(MemoryError):
        operations.build_report(report_id=report.pk, now=NOVEMBER_16)
    report.refresh_from_db()
    mark = report.mark_id
    assert mark is not None
    monkeypatch.undo()
    books.give(70_00, now=NOVEMBER_16)
    assert operations.build_report(report_id=report.pk, now=NOVEMBER_16) is ReportState.DRAFT
    report.refresh_from_db()
    assert report.mark_id == mark
    assert report.summary is not None
    assert report.summary["came_in"] == 50_00


def test_what_fails_again_and_again_is_blocked_by_name(
    books: Giving, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = requested(ada)
    monkeypatch.setattr("transparency.operations.build.validate", _no_memory)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(MemoryError):
            operations.build_report(report_id=report.pk, now=NOVEMBER_16)
    assert operations.build_report(report_id=report.pk, now=NOVEMBER_16) is None
    report.refresh_from_db()
    assert report.state == ReportState.BLOCKED
    assert report.findings.get().check_name == CheckName.BUILD_COMPLETES


def _no_memory(content: object) -> None:
    raise MemoryError


def test_a_finding_blocks_and_a_rebuild_takes_a_new_mark(books: Giving, ada: User) -> None:
    books.give(20_00, fund="GENERAL")  # a fee that comes so late falls there
    late = books.give(50_00, with_movement=False)
    report = built(ada)
    assert report.state == ReportState.BLOCKED
    names = set(report.findings.values_list("check_name", flat=True))
    assert names == {CheckName.CHARGES_HAVE_MOVEMENTS}
    assert report.findings.get().entries
    first_mark = report.mark_id
    books.movement_comes(late)
    operations.rebuild_report(report_id=report.pk, actor=ada, reason="the movement came", now=NOVEMBER_16)
    operations.build_report(report_id=report.pk, now=NOVEMBER_16)
    report.refresh_from_db()
    assert report.state == ReportState.DRAFT
    assert report.mark_id != first_mark


def test_something_booked_into_the_month_after_the_mark_stops_publication(
    books: Giving, ada: User, bartek: User
) -> None:
    report = built(ada)
    operations.send_to_review(report_id=report.pk, actor=ada, comment="ready", now=NOVEMBER_16)
    books.give(50_00, now=NOVEMBER_16)
    with pytest.raises(operations.MarkTooOld) as refused:
        operations.publish_report(report_id=report.pk, actor=bartek, comment="fine", now=NOVEMBER_16)
    assert refused.value.entries == 2
    operations.ask_for_changes(report_id=report.pk, actor=bartek, comment="a late gift", now=NOVEMBER_16)
    operations.rebuild_report(report_id=report.pk, actor=ada, reason="a late gift", now=NOVEMBER_16)
    operations.build_report(report_id=report.pk, now=NOVEMBER_16)
    operations.send_to_review(report_id=report.pk, actor=ada, comment="now with it", now=NOVEMBER_16)
    published = operations.publish_report(report_id=report.pk, actor=bartek, comment="fine", now=NOVEMBER_16)
    assert published.summary is not None
    assert published.summary["came_in"] == 50_00


@pytest.mark.money
def test_after_publication_a_late_gift_falls_into_the_next_month(books: Giving, ada: User, bartek: User) -> None:
    books.give(50_00)
    october = make_published(ada=ada, bartek=bartek)
    books.give(70_00, now=NOVEMBER_16)
    assert content_bytes(content_of(october)) == bytes(october.content or b"")
    november = built(ada, ReportKind.TO_DATE, 202611)
    assert november.summary is not None
    assert (november.summary["opening"], november.summary["came_in"]) == (48_50, 70_00)


def test_an_earlier_month_that_is_open_stops_the_report(books: Giving, ada: User) -> None:
    books.give(50_00, at=OCTOBER_NOON.replace(month=9))
    report = built(ada)
    assert report.state == ReportState.BLOCKED
    finding = report.findings.get()
    assert (finding.check_name, finding.subject) == (CheckName.EARLIER_MONTHS_CLOSED, "202609")
    close_period(period=202609, now=NOVEMBER_16)
    operations.rebuild_report(report_id=report.pk, actor=ada, reason="September is published", now=NOVEMBER_16)
    assert operations.build_report(report_id=report.pk, now=NOVEMBER_16) is ReportState.DRAFT


def test_spending_without_a_document_is_found(books: Giving, ada: User) -> None:
    books.give(50_00)
    posted = post(
        reference="purchase:by-hand",
        kind=EntryKind.PURCHASE,
        event_at=OCTOBER_NOON,
        lines=[Line(accounts.fund_account("WARM-NIGHT", FundUse.SPENT), 20_00), Line(accounts.PAYABLE, -20_00)],
        now=OCTOBER_NOON,
    )
    assert posted.created
    finding = built(ada).findings.get()
    assert finding.check_name == CheckName.SPENDING_HAS_DOCUMENTS
    assert (finding.subject, finding.difference_minor) == ("WARM-NIGHT", 20_00)


def test_a_fund_below_zero_is_found(books: Giving, ada: User) -> None:
    books.give(50_00)
    post(
        reference="redirect:too-much",
        kind=EntryKind.REDIRECT,
        event_at=OCTOBER_NOON,
        lines=[
            Line(accounts.fund_account("WARM-NIGHT", FundUse.REDIRECT_OUT), 60_00),
            Line(accounts.fund_account("FOREST", FundUse.REDIRECT_IN), -60_00),
        ],
        now=OCTOBER_NOON,
    )
    report = built(ada)
    finding = report.findings.get(check_name=CheckName.NO_FUND_BELOW_ZERO)
    assert (finding.subject, finding.actual_minor) == ("WARM-NIGHT", -11_50)
    unnamed = report.findings.exclude(pk=finding.pk).get()
    assert (unnamed.check_name, unnamed.subject) == (CheckName.REDIRECTS_TOLD, "WARM-NIGHT"), "no clause, nobody told"


def test_money_that_left_the_provider_without_its_books_saying_so_is_found(books: Giving, ada: User) -> None:
    books.give(50_00)
    post(
        reference="payout:by-hand",
        kind=EntryKind.PAYOUT,
        event_at=OCTOBER_NOON,
        lines=[Line(accounts.BANK, 10_00), Line(accounts.STRIPE_CLEARING, -10_00)],
        now=OCTOBER_NOON,
    )
    finding = built(ada).findings.get()
    assert finding.check_name == CheckName.CLEARING
    assert "charge 4850" in finding.subject
    assert finding.difference_minor == -10_00


def test_a_movement_that_came_after_the_mark_is_no_difference(books: Giving, ada: User) -> None:
    late = books.give(50_00, with_movement=False)
    mark = take_mark(now=NOVEMBER_16)
    books.movement_comes(late)
    scope = Scope(kind=ReportKind.MONTH, first_period=OCTOBER, last_period=OCTOBER, mark=mark)
    assert list(CHECKS[CheckName.CLEARING](scope)) == []
    assert list(CHECKS[CheckName.CHARGES_HAVE_MOVEMENTS](scope)) == []


@pytest.mark.money
def test_lines_of_a_month_with_help(books: Giving, ada: User, bartek: User) -> None:
    books.give(500_00)
    pay_out(400_00)
    spend_through_partner(ada=ada, bartek=bartek, advance_minor=300_00, document_minor=180_00)
    report = built(ada)
    assert report.state == ReportState.DRAFT, list(report.findings.values_list("check_name", "subject"))
    assert report.summary == {
        "opening": 0,
        "came_in": 500_00,
        "given_back": 0,
        "fees_and_running_costs": 1_50,
        "help_with_documents": 180_00,
        "with_partners": 120_00,
        "waiting": 198_50,
        "closing": 318_50,
    }
    content = json.loads(bytes(report.content or b""))
    assert [(row["code"], row["spent"], row["documents"]) for row in content["regions"]["rows"]] == [
        ("north", 180_00, 1)
    ]
    assert [(row["code"], row["advanced"], row["accounted"], row["closing"]) for row in content["partners"]] == [
        ("DEMO-FIELD", 300_00, 180_00, 120_00)
    ]


def test_regions_stay_silent_while_it_is_recent(books: Giving, ada: User, bartek: User) -> None:
    november = OCTOBER_NOON.replace(month=11)
    books.give(500_00, at=november)
    pay_out(400_00, at=november)
    spend_through_partner(ada=ada, bartek=bartek, advance_minor=300_00, document_minor=180_00, at=november)
    content = json.loads(bytes(built(ada, ReportKind.TO_DATE, 202611).content or b""))
    assert content["regions"] == {"withheld": True, "rows": []}
    assert content["lines"]["help_with_documents"] == 180_00


@pytest.mark.money
def test_twelve_months_sum_to_their_year(books: Giving, ada: User, bartek: User) -> None:
    new_year = NOVEMBER_16.replace(year=2027, month=1, day=16)
    for month in range(1, 13):
        books.give(month * 10_00, at=OCTOBER_NOON.replace(month=month))
        make_published(ada=ada, bartek=bartek, period=202600 + month, at=new_year)
    year = make_published(ada=ada, bartek=bartek, kind=ReportKind.YEAR, period=2026, at=new_year)
    assert year.slug == "2026-r1"
    assert year.summary is not None
    assert (year.summary["came_in"], year.summary["fees_and_running_costs"]) == (780_00, 12 * FEE)
    assert broken_replays().findings == []


def test_a_year_with_an_open_month_is_not_reported(books: Giving, ada: User) -> None:
    books.give(50_00)
    report = operations.request_report(
        kind=ReportKind.YEAR,
        period=2026,
        actor=ada,
        reason="the year is over",
        now=NOVEMBER_16.replace(year=2027, month=1),
    )
    assert operations.build_report(report_id=report.pk, now=NOVEMBER_16.replace(year=2027)) is ReportState.BLOCKED
    assert [found.subject for found in report.findings.all()] == ["202610"]


def test_the_audit_notices_a_report_that_is_not_what_its_mark_gives(
    books: Giving, ada: User, bartek: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.give(50_00)
    make_published(ada=ada, bartek=bartek)
    clean = broken_replays()
    assert (clean.count, clean.findings) == (1, [])
    monkeypatch.setattr("transparency.method.DONOR_BAND", 7)
    monkeypatch.setattr("transparency.figures.compose.DONOR_BAND", 7)
    assert [finding.message for finding in broken_replays().findings] == [
        "report 2026-10-r1: its replay at the mark differs"
    ]


def test_the_calendar_drafts_last_month_once(books: Giving) -> None:
    minute_before = NOVEMBER_16 - timedelta(minutes=1)
    assert operations.draft_last_month(now=minute_before) is None
    report = operations.draft_last_month(now=NOVEMBER_16)
    assert report is not None
    assert (report.slug, report.requested_by) == ("2026-10-r1", None)
    assert operations.draft_last_month(now=NOVEMBER_16) is None
    assert operations.draft_last_month(now=NOVEMBER_16 + timedelta(days=3)) is None


def test_the_calendar_knows_winter_and_summer_time(books: Giving) -> None:
    six_in_july = NOVEMBER_16.replace(month=7, hour=4)
    assert operations.draft_last_month(now=six_in_july - timedelta(seconds=1)) is None
    assert operations.draft_last_month(now=six_in_july) is not None
