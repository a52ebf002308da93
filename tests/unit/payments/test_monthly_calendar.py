"""When gifts fall due: month ends, leap years, summer time, the night of New Year's Eve."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.monthly_calendar import charge_times, due_days, first_charge_at, is_taken_at_once, warsaw_day
from payments.monthly_states import Interval


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def told(*, anchor: str, after: str, interval: Interval = Interval.MONTH, count: int = 3) -> list[str]:
    times = charge_times(anchor_at=at(anchor), interval=interval, after=at(after), count=count)
    return [warsaw_day(time).isoformat() for time in times]


def test_the_31st_is_a_months_last_day_and_comes_back() -> None:
    assert told(anchor="2027-01-31T10:00", after="2027-01-31T10:00") == ["2027-02-28", "2027-03-31", "2027-04-30"]


def test_a_leap_year_has_its_29th() -> None:
    assert told(anchor="2027-10-31T10:00", after="2028-01-31T10:00", count=1) == ["2028-02-29"]
    assert told(anchor="2028-02-29T10:00", after="2028-02-29T10:00", interval=Interval.YEAR, count=4) == [
        "2029-02-28",
        "2030-02-28",
        "2031-02-28",
        "2032-02-29",
    ]


def test_quarters_count_from_the_anchor() -> None:
    assert told(anchor="2026-11-30T10:00", after="2026-11-30T10:00", interval=Interval.QUARTER) == [
        "2027-02-28",
        "2027-05-30",
        "2027-08-30",
    ]


def test_the_anchor_itself_is_told_until_it_has_passed() -> None:
    assert told(anchor="2026-12-01T10:00", after="2026-11-21T12:00") == ["2026-12-01", "2027-01-01", "2027-02-01"]


@pytest.mark.parametrize(
    ("day", "after", "expected"),
    [
        (1, "2026-11-21T12:00", "2026-12-01T10:00"),
        (21, "2026-11-21T09:59", "2026-11-21T10:00"),
        (21, "2026-11-21T10:00", "2026-12-21T10:00"),
        (31, "2026-11-21T12:00", "2026-11-30T10:00"),
        (31, "2026-12-31T23:30", "2027-01-31T10:00"),
        (29, "2027-02-28T11:00", "2027-03-29T10:00"),
    ],
)
def test_the_first_charge_of_a_chosen_day(day: int, after: str, expected: str) -> None:
    assert first_charge_at(day=day, after=at(after)) == at(expected)


def test_late_at_night_nothing_is_taken_at_once() -> None:
    assert is_taken_at_once(day=31, now=at("2026-12-31T20:59"))
    assert not is_taken_at_once(day=31, now=at("2026-12-31T21:00"))
    # half past midnight in Warsaw on New Year's Day is still the old year in UTC
    assert not is_taken_at_once(day=1, now=at("2026-12-31T23:30"))
    assert not is_taken_at_once(day=31, now=at("2026-12-31T23:30"))


@given(
    day=st.integers(1, 31),
    after=st.datetimes(datetime(2026, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC)),
)
def test_a_chosen_day_is_the_same_day_in_warsaw_all_year(day: int, after: datetime) -> None:
    first = first_charge_at(day=day, after=after)
    assert warsaw_day(first) == first.date()
    assert warsaw_day(first).day == day or (warsaw_day(first).day < day and warsaw_day(first).day >= 28)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC)),
    minutes=st.integers(0, 59),
    interval=st.sampled_from(Interval),
)
def test_a_gift_taken_at_once_keeps_its_day(now: datetime, minutes: int, interval: Interval) -> None:
    day = warsaw_day(now).day
    if not is_taken_at_once(day=day, now=now):
        return
    anchor = now.replace(minute=max(now.minute, minutes))
    for time in charge_times(anchor_at=anchor, interval=interval, after=anchor, count=14):
        assert warsaw_day(time).day == day or warsaw_day(time).day >= 28


def test_due_days_of_a_gift_by_hand() -> None:
    first = date(2027, 1, 31)
    assert due_days(day=31, interval=Interval.MONTH, first_on=first, after=date(2027, 1, 30), count=3) == [
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
    ]
