"""Months, quarters, years, campaigns, the gifts of a year, and any of them as of a past mark."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.models import User
from ledger.operations import close_period
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
from transparency.figures.content import content_bytes
from transparency.models import OrganisationIncome, Report, ReportKind, ReportState
from transparency.promises import broken_replays, not_in_the_log, notes_unlike_gifts
from transparency.replay import content_of

JANUARY_16 = datetime(2027, 1, 16, 5, 0, tzinfo=UTC)
SEPTEMBER_NOON = OCTOBER_NOON.replace(month=9)


def built(report: Report, *, at: datetime = NOVEMBER_16) -> Report:
    state = operations.build_report(report_id=report.pk, now=at)
    report.refresh_from_db()
    assert state is ReportState.DRAFT, list(report.findings.values_list("check_name", "subject"))
    return report


def published(report: Report, *, ada: User, bartek: User, at: datetime = NOVEMBER_16) -> Report:
    built(report, at=at)
    operations.send_to_review(report_id=report.pk, actor=ada, comment="as expected", now=at)
    return operations.publish_report(report_id=report.pk, actor=bartek, comment="read", now=at)


def said_by(report: Report) -> dict[str, Any]:
    return json.loads(bytes(report.content or b""))


@pytest.fixture
def autumn(books: Giving, ada: User, bartek: User) -> Giving:
    """Six gifts in September and six in October, to two needs; both months are published in November."""
    for fund in ("WARM-NIGHT", "GENERAL"):
        for amount in (10_00, 20_00, 30_00, 40_00, 50_00, 60_00):
            books.give(amount, fund=fund, at=SEPTEMBER_NOON)
            books.give(amount + 1_00, fund=fund, at=OCTOBER_NOON)
    for period in (202609, OCTOBER):
        make_published(ada=ada, bartek=bartek, period=period)
    return books


@pytest.mark.money
def test_three_months_sum_to_their_quarter(books: Giving, ada: User, bartek: User) -> None:
    for month in (7, 8, 9):
        books.give(month * 10_00, at=OCTOBER_NOON.replace(month=month))
        make_published(ada=ada, bartek=bartek, period=202600 + month)
    quarter = make_published(ada=ada, bartek=bartek, kind=ReportKind.QUARTER, period=202608)
    said = said_by(quarter)
    assert (quarter.slug, quarter.first_period, quarter.last_period) == ("2026-q3-r1", 202607, 202609)
    assert said["lines"]["came_in"] == 240_00
    assert [month["slug"] for month in said["notes"]["months"]] == ["2026-07-r1", "2026-08-r1", "2026-09-r1"]
    assert said["notes"]["sum"] == 240_00
    assert broken_replays().findings == []


def test_a_quarter_waits_for_its_months(autumn: Giving, ada: User) -> None:
    autumn.give(70_00, at=OCTOBER_NOON.replace(month=12), now=JANUARY_16)
    report = operations.request_report(
        kind=ReportKind.QUARTER, period=202612, actor=ada, reason="the year is over", now=JANUARY_16
    )
    operations.build_report(report_id=report.pk, now=JANUARY_16)
    assert report.findings.get().subject == "202612"


@pytest.mark.money
def test_a_campaign_is_some_funds_in_whole_months(autumn: Giving, ada: User, bartek: User) -> None:
    operations.define_campaign(
        code="warm-autumn",
        name_pl="Ciepła jesień",
        name_en="A warm autumn",
        first_period=202609,
        last_period=OCTOBER,
        funds=["WARM-NIGHT"],
        actor=ada,
        reason="the board asked for it",
        now=NOVEMBER_16,
    )
    asked = operations.request_report(
        kind=ReportKind.CAMPAIGN, campaign="warm-autumn", actor=ada, reason="it is over", now=NOVEMBER_16
    )
    report = published(asked, ada=ada, bartek=bartek)
    said = said_by(report)
    assert report.slug == "campaign-warm-autumn-r1"
    assert said["report"]["campaign"] == {
        "code": "warm-autumn",
        "name": {"pl": "Ciepła jesień", "en": "A warm autumn"},
        "first_day": "2026-09-01",
        "last_day": "2026-10-31",
        "funds": ["WARM-NIGHT"],
    }
    lines = said["lines"]
    assert (lines["came_in"], lines["payment_fees"]) == (210_00 + 216_00, 12 * FEE)
    assert [row["code"] for row in said["funds"]] == ["WARM-NIGHT"]
    left = lines["given_back"] + lines["fees_and_running_costs"] + lines["help_with_documents"] + lines["moved_out"]
    assert lines["opening"] + lines["came_in"] - left == lines["closing"]
    assert content_bytes(content_of(report)) == bytes(report.content or b"")
    assert broken_replays().findings == []


def test_a_campaigns_partners_hold_only_its_own_money(books: Giving, ada: User, bartek: User) -> None:
    for amount in range(500_00, 506_00, 1_00):
        books.give(amount)
        books.give(amount, fund="GENERAL")
    pay_out(4_000_00)
    spend_through_partner(ada=ada, bartek=bartek, advance_minor=300_00, document_minor=180_00)
    make_published(ada=ada, bartek=bartek)
    operations.define_campaign(
        code="law", name_pl="Prawo", name_en="Law", first_period=OCTOBER, last_period=OCTOBER,
        funds=["GENERAL"], actor=ada, reason="the board asked", now=NOVEMBER_16,
    )  # fmt: skip
    asked = operations.request_report(
        kind=ReportKind.CAMPAIGN, campaign="law", actor=ada, reason="it is over", now=NOVEMBER_16
    )
    said = said_by(built(asked))
    assert said["partners"] == []
    assert (said["lines"]["with_partners"], said["lines"]["help_with_documents"]) == (0, 0)
    assert said["lines"]["waiting"] == said["lines"]["closing"] > 0


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"code": "No Good"}, "code"),
        ({"code": "winter-r2"}, "code"),
        ({"name_en": " "}, "name"),
        ({"first_period": 202613}, "months"),
        ({"first_period": 202611}, "months"),
        ({"funds": ["ADMIN"]}, "funds"),
        ({"funds": ["NOWHERE"]}, "funds"),
        ({"funds": []}, "funds"),
    ],
)
def test_what_is_no_campaign_is_refused(books: Giving, ada: User, change: dict[str, Any], what: str) -> None:
    wanted: dict[str, Any] = {
        "code": "autumn", "name_pl": "Jesień", "name_en": "Autumn", "first_period": OCTOBER, "last_period": OCTOBER,
        "funds": ["WARM-NIGHT"], "actor": ada, "reason": "a try", "now": NOVEMBER_16,
    }  # fmt: skip
    with pytest.raises(operations.BadCampaign) as refused:
        operations.define_campaign(**{**wanted, **change})
    assert refused.value.what == what


def test_a_campaign_never_changes(books: Giving, ada: User) -> None:
    wanted: dict[str, Any] = {
        "code": "autumn", "name_pl": "Jesień", "name_en": "Autumn", "first_period": OCTOBER, "last_period": OCTOBER,
        "funds": ["WARM-NIGHT"], "actor": ada, "reason": "the board asked", "now": NOVEMBER_16,
    }  # fmt: skip
    operations.define_campaign(**wanted)
    with pytest.raises(operations.CampaignTaken):
        operations.define_campaign(**{**wanted, "funds": ["GENERAL"]})


@pytest.mark.money
def test_the_gifts_of_a_year_are_followed_to_the_mark(books: Giving, ada: User, bartek: User) -> None:
    for amount in (100_00, 200_00, 300_00, 400_00, 500_00):
        books.give(amount)
    for month in (10, 11, 12):
        make_published(ada=ada, bartek=bartek, period=202600 + month, at=JANUARY_16)
    asked = operations.request_report(
        kind=ReportKind.COHORT, period=2026, actor=ada, reason="a donor asked", now=JANUARY_16
    )
    report = published(asked, ada=ada, bartek=bartek, at=JANUARY_16)
    said = said_by(report)
    assert report.slug == "cohort-2026-r1"
    assert said["report"]["cohort"] == 2026
    (row,) = said["cohorts"]
    assert (row["year"], row["came_in"], row["fees"]) == (2026, 1_500_00, 5 * FEE)
    lines = said["lines"]
    left = lines["given_back"] + lines["fees_and_running_costs"] + lines["help_with_documents"]
    assert lines["came_in"] - left == lines["closing"] == lines["with_partners"] + lines["waiting"]
    assert broken_replays().findings == []
    assert not_in_the_log().findings == []


def test_a_year_that_runs_has_no_cohort_yet(books: Giving, ada: User) -> None:
    with pytest.raises(operations.PeriodNotOver):
        operations.request_report(kind=ReportKind.COHORT, period=2026, actor=ada, reason="early", now=NOVEMBER_16)


def test_a_report_as_of_a_past_mark_knows_nothing_later(books: Giving, ada: User) -> None:
    books.give(50_00)
    operations.take_kept_mark(now=NOVEMBER_16)
    books.give(70_00, now=NOVEMBER_16 + timedelta(hours=2))
    asked = operations.request_report(
        kind=ReportKind.MONTH,
        period=OCTOBER,
        actor=ada,
        reason="what did we know on the 16th?",
        as_of=NOVEMBER_16 + timedelta(hours=1),
        now=NOVEMBER_16 + timedelta(hours=3),
    )
    report = built(asked, at=NOVEMBER_16 + timedelta(hours=3))
    assert said_by(report)["lines"]["came_in"] == 50_00
    assert said_by(report)["report"]["as_of"].startswith("2026-11-16T05:00")


def test_no_mark_is_kept_from_before(books: Giving, ada: User) -> None:
    operations.take_kept_mark(now=NOVEMBER_16)
    for as_of in (NOVEMBER_16 - timedelta(seconds=1), NOVEMBER_16 + timedelta(days=9)):
        with pytest.raises(operations.NoMarkKept):
            operations.request_report(
                kind=ReportKind.MONTH, period=OCTOBER, actor=ada, reason="a try", as_of=as_of, now=NOVEMBER_16
            )


@pytest.mark.parametrize(
    ("kind", "period", "refused"),
    [(ReportKind.MONTH, OCTOBER, operations.PeriodNotOver), (ReportKind.TO_DATE, 202611, operations.NoSuchPeriod)],
)
def test_a_mark_of_the_evening_before_is_not_of_the_new_month(
    books: Giving, ada: User, kind: ReportKind, period: int, refused: type[Exception]
) -> None:
    operations.take_kept_mark(now=datetime(2026, 10, 31, 20, 0, tzinfo=UTC))
    noon = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    with pytest.raises(refused):
        operations.request_report(kind=kind, period=period, actor=ada, reason="a try", as_of=noon, now=NOVEMBER_16)


def test_a_month_is_not_over_as_of_its_middle(books: Giving, ada: User) -> None:
    operations.take_kept_mark(now=OCTOBER_NOON)
    with pytest.raises(operations.PeriodNotOver):
        operations.request_report(
            kind=ReportKind.MONTH, period=OCTOBER, actor=ada, reason="a try", as_of=OCTOBER_NOON, now=NOVEMBER_16
        )


@pytest.mark.money
def test_a_report_of_the_first_method_is_computed_again_by_it(
    books: Giving, ada: User, bartek: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.give(50_00)
    monkeypatch.setattr("transparency.operations.request.METHOD_VERSION", 1)
    report = make_published(ada=ada, bartek=bartek)
    said = said_by(report)
    assert said["schema"] == "urn:store-without-borders:report:1"
    assert "notes" not in said
    for held in (broken_replays(), notes_unlike_gifts(), not_in_the_log()):
        assert held.findings == []
    monkeypatch.undo()
    corrected = make_published(ada=ada, bartek=bartek, reason="told by the second method", at=NOVEMBER_16)
    assert said_by(corrected)["correction"]["corrects"] == "2026-10-r1"
    assert said_by(corrected)["correction"]["difference"]["came_in"] == 0
    assert "story" in said_by(corrected)["correction"]["sections"]


@pytest.mark.money
def test_a_year_says_what_part_of_the_whole_income_it_is(books: Giving, ada: User, bartek: User) -> None:
    for month in range(1, 13):
        books.give(100_00, at=OCTOBER_NOON.replace(month=month))
        make_published(ada=ada, bartek=bartek, period=202600 + month, at=JANUARY_16)
    for income in (50_000_00, 24_000_00):
        operations.enter_income(
            year=2026, income_minor=income, source="yearly account", actor=ada, reason="it is approved", now=JANUARY_16
        )
    year = make_published(ada=ada, bartek=bartek, kind=ReportKind.YEAR, period=2026, at=JANUARY_16)
    assert said_by(year)["income_share"] == {"year": 2026, "organisation_income": 24_000_00, "covered_permille": 50}
    operations.enter_income(year=2026, income_minor=1_00, source="a slip", actor=ada, reason="a slip", now=JANUARY_16)
    assert OrganisationIncome.objects.count() == 3
    assert broken_replays().findings == [], "a figure entered later changes no report"


@pytest.mark.money
def test_the_same_month_a_year_before_stands_beside_it(books: Giving, ada: User, bartek: User) -> None:
    books.give(30_00, at=OCTOBER_NOON.replace(year=2025))
    make_published(ada=ada, bartek=bartek, period=202510)
    books.give(50_00)
    report = make_published(ada=ada, bartek=bartek)
    before = said_by(report)["year_on_year"]
    assert (before["slug"], before["lines"]["came_in"]) == ("2025-10-r1", 30_00)


def test_the_calendar_drafts_quarter_and_year_when_their_months_are_published(
    books: Giving, ada: User, bartek: User
) -> None:
    close_period(period=202511, now=NOVEMBER_16)
    books.give(50_00, at=OCTOBER_NOON.replace(year=2025, month=12))
    assert operations.draft_longer(now=NOVEMBER_16.replace(year=2026, month=1)) == []
    make_published(ada=ada, bartek=bartek, period=202512)
    drafted = operations.draft_longer(now=NOVEMBER_16.replace(year=2026, month=1))
    assert [report.slug for report in drafted] == ["2025-q4-r1", "2025-r1"]
    assert operations.draft_longer(now=NOVEMBER_16.replace(year=2026, month=1)) == []
