"""Two published reports tell nothing of the few who gave between their marks: neither sums nor how much was recorded."""

import json
from datetime import timedelta
from typing import Any

import pytest

from core.models import User
from core.periods import previous_period
from ledger.accounts import STRIPE_CLEARING
from ledger.models import EntryKind, Mark, Posting
from ledger.operations import close_period, take_mark
from tests.factories.transparency import (
    NOVEMBER_16,
    OCTOBER,
    OCTOBER_NOON,
    Giving,
    make_published,
    pay_out,
)
from transparency import operations
from transparency.figures.schema import validate
from transparency.method import SECOND_METHOD
from transparency.models import CheckName, Report, ReportKind
from transparency.promises import broken_replays
from transparency.sources.reading import Reading
from transparency.sources.whole import accepted_rows

NOVEMBER_20 = NOVEMBER_16 + timedelta(days=4)
pytestmark = pytest.mark.money


def said_by(report: Report) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(bytes(report.content or b""))
    validate(content)
    return content


def test_what_one_donor_gave_between_two_reports_stands_in_neither(books: Giving, ada: User, bartek: User) -> None:
    for amount in (10_00, 20_00, 30_00, 40_00, 50_00, 60_00):
        books.give(amount)
    first = said_by(make_published(ada=ada, bartek=bartek))
    books.give(777_77, at=NOVEMBER_16, now=NOVEMBER_16)
    second = said_by(make_published(ada=ada, bartek=bartek, reason="a name was wrong", at=NOVEMBER_20))
    assert first["provider"] == second["provider"] == [{"category": "charge", "net": 210_00 - 6 * books.fee_minor}]
    assert "provider" not in second["correction"]["sections"]
    for said in (first, second):
        assert set(said["mark"]) == {"id", "taken_at"}, "last rows of tables count what was recorded in between"
        assert said["payouts"] is None
    assert broken_replays().findings == []


def test_a_report_of_the_second_method_is_computed_again_by_it(
    books: Giving, ada: User, bartek: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.give(50_00)
    monkeypatch.setattr("transparency.operations.request.METHOD_VERSION", SECOND_METHOD)
    said = said_by(make_published(ada=ada, bartek=bartek))
    assert {"id", "last_entry", "taken_at", "inputs"} == set(said["mark"])
    assert said["method"]["version"] == SECOND_METHOD
    assert said["payouts"] == {"count": 0, "amount": 0, "in_transit": 0}
    monkeypatch.undo()
    books.give(70_00, now=NOVEMBER_16)
    assert broken_replays().findings == []


def test_a_month_that_runs_tells_nothing_of_the_provider(books: Giving, ada: User, bartek: User) -> None:
    for amount in (10_00, 20_00, 30_00, 40_00, 50_00):
        books.give(amount, at=NOVEMBER_16, now=NOVEMBER_16)
    so_far = make_published(ada=ada, bartek=bartek, kind=ReportKind.TO_DATE, period=202611, at=NOVEMBER_20)
    assert said_by(so_far)["provider"] == []


def test_whole_months_at_the_provider_are_those_of_the_books(books: Giving) -> None:
    """Whatever came late: a fee in the next month, a movement not yet seen, payouts, a charge of the month after."""
    books.give(100_00)
    pay_out(50_00)
    late_fee = books.give(200_00, with_movement=False)
    unseen = books.give(400_00, with_movement=False)
    close_period(period=OCTOBER, now=NOVEMBER_16)
    books.movement_comes(late_fee, now=NOVEMBER_16)
    books.give(800_00, at=NOVEMBER_16)
    pay_out(60_00, at=NOVEMBER_16)
    mark = take_mark(now=NOVEMBER_20)
    for period in (previous_period(OCTOBER), OCTOBER, 202611):
        reading = Reading(first_period=period, last_period=period, mark=mark)
        assert sum(reading.by_category_at_the_end.values()) == in_clearing(mark, upto=period), period
        assert set(reading.by_category_at_the_end) <= {"charge"}
    assert in_clearing(mark, upto=OCTOBER) == 700_00 - books.fee_minor, "one fee became known in November"
    books.movement_comes(unseen, now=NOVEMBER_20)
    books.give(900_00, at=OCTOBER_NOON, now=NOVEMBER_20)
    again = Reading(first_period=OCTOBER, last_period=OCTOBER, mark=mark)
    assert again.by_category_at_the_end == {"charge": 700_00 - books.fee_minor}


def in_clearing(mark: Mark, *, upto: int) -> int:
    """What the books say moved clearing in the months, payouts apart."""
    known = Posting.objects.filter(account__code=STRIPE_CLEARING, entry_id__lte=mark.last_entry_id, period__lte=upto)
    return sum(known.exclude(entry__kind=EntryKind.PAYOUT).values_list("amount_minor", flat=True))


def test_an_accepted_difference_says_no_sum_of_the_mark(books: Giving, ada: User, bartek: User) -> None:
    report = operations.request_report(
        kind=ReportKind.MONTH, period=OCTOBER, actor=ada, reason="the month is over", now=NOVEMBER_16
    )
    operations.build_report(report_id=report.pk, now=NOVEMBER_16)
    report.refresh_from_db()
    report.accepted.create(
        mark=report.mark, check_name=CheckName.CLEARING, subject="opening 0, charge 77627", amount_minor=-10,
        reason="a fine", accepted_by=bartek, accepted_at=NOVEMBER_16,
    )  # fmt: skip
    assert [row["subject"] for row in accepted_rows(report=report)] == [STRIPE_CLEARING]
