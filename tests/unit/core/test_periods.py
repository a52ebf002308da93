"""Months are Warsaw's, instants are UTC."""

from datetime import UTC, datetime

import pytest

from core.periods import next_period, period_end, period_of, period_start, periods_between, previous_period


def test_the_month_turns_at_midnight_in_warsaw() -> None:
    assert period_of(datetime(2026, 10, 31, 22, 59, tzinfo=UTC)) == 202610
    assert period_of(datetime(2026, 10, 31, 23, 0, tzinfo=UTC)) == 202611
    assert period_of(datetime(2026, 7, 31, 22, 0, tzinfo=UTC)) == 202608
    assert period_start(202611) == datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
    assert period_end(202611) == period_start(202612)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        period_of(datetime(2026, 11, 1))


def test_months_follow_one_another_across_years() -> None:
    assert next_period(202612) == 202701
    assert previous_period(202701) == 202612
    assert periods_between(202611, 202702) == [202611, 202612, 202701, 202702]
    assert periods_between(202702, 202611) == []
