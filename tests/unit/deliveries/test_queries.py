"""What reports read: the same answer at the same mark, nothing of the last fourteen days, nobody told apart."""

from datetime import UTC, datetime, timedelta

import pytest

from aid_packages.deliveries import queries
from aid_packages.deliveries.models import Place
from aid_packages.deliveries.operations import reserve, take_back_delivery, take_back_lot, tie_to_package, write_off
from aid_packages.deliveries.queries import PeopleCount, UnitRow, last_ids, latest_shown
from aid_packages.deliveries.queries.bands import band, band_from
from ledger.operations import close_period
from tests.factories.aid_packages import hold, make_catalogue, make_staff
from tests.factories.deliveries import OCTOBER, act, bought, done, envelope, given, handed, make_item
from tests.factories.time import NOW

OCTOBER_ONLY = {"first_period": 202610, "last_period": 202610}
SEPTEMBER = 202637
"""A week of it."""
YEAR = {"first_period": 202601, "last_period": 202612}


def now() -> dict[str, int]:
    return last_ids(now=NOW)


def undo() -> dict:
    return {"actor": make_staff("ada"), "reason": "typed wrongly", "now": NOW}


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (datetime(2026, 11, 14, 22, 59, tzinfo=UTC), 202609),
        (datetime(2026, 11, 14, 23, 0, tzinfo=UTC), 202610),
        (datetime(2026, 11, 30, 12, 0, tzinfo=UTC), 202610),
        (datetime(2027, 1, 15, 12, 0, tzinfo=UTC), 202612),
    ],
)
def test_a_month_is_shown_fourteen_days_after_its_end(day: datetime, month: int) -> None:
    assert latest_shown(now=day) == month


@pytest.mark.usefixtures("store")
class TestUnits:
    def test_of_each_fund_and_item(self) -> None:
        lot, kept_for = bought(10), envelope(amount_minor=1_000)
        given(5)
        write_off(lot_id=lot.pk, place=Place.LOST, units=1, week=OCTOBER, **act())
        handed(4)
        [row] = queries.units(**OCTOBER_ONLY, upto=now())
        assert row == UnitRow(
            fund_code="WARM-NIGHT",
            item_code="sleeping-bag",
            name={"pl": "Śpiwór do -5 °C", "en": "Sleeping bag to -5 °C"},
            unit="piece",
            opening_free=0,
            bought=10,
            in_kind=5,
            reserved=0,
            delivered=4,
            lost=1,
            expired=0,
            closing_free=10,
        )
        reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=2, **act())
        [later] = queries.units(**OCTOBER_ONLY, upto=now() | {"last_period": 202611})
        assert later == row, "a reservation of November is none of October's"

    def test_the_month_after_opens_with_what_was_left(self) -> None:
        given(5)
        handed(2)
        upto = now() | {"last_period": 202611}
        [row] = queries.units(first_period=202611, last_period=202611, upto=upto)
        assert (row.opening_free, row.closing_free, row.delivered, row.in_kind) == (3, 3, 0, 0)

    def test_a_month_that_is_not_old_enough_is_not_shown(self) -> None:
        given(5)
        handed(2, week=202644)
        [row] = queries.units(**YEAR, upto=now())
        assert row.delivered == 0
        assert queries.units(**YEAR, upto=last_ids(now=NOW - timedelta(days=30))) == []
        assert queries.units(**YEAR, upto={}) == [], "without a mark nothing is shown"

    def test_what_comes_after_the_mark_changes_nothing(self) -> None:
        bought(10)
        wrong = handed(4, people=9)
        done(3, people=6)
        at_the_mark = now()
        before = [
            query(**YEAR, upto=at_the_mark)
            for query in (queries.units, queries.services, queries.unit_costs, queries.people, queries.acts_of_help)
        ]
        handed(2, people=40)
        take_back_delivery(delivery_id=wrong.pk, **undo())
        take_back_lot(lot_id=bought(3, cost_minor=900).pk, **undo())
        done(9)
        after = [
            query(**YEAR, upto=at_the_mark)
            for query in (queries.units, queries.services, queries.unit_costs, queries.people, queries.acts_of_help)
        ]
        assert after == before

    def test_a_month_of_few_people_is_not_told_by_the_years_count_less_the_other_months(self) -> None:
        given(9, week=SEPTEMBER)
        few = handed(2, week=SEPTEMBER, people=3, nationalities=3)
        assert queries.people(**YEAR, upto=now()).counted is None
        handed(2, people=6, nationalities=2)
        told = queries.people(**YEAR, upto=now())
        assert (told.counted, told.nationalities) == (5, 2), "eight, were the three counted; and of two nationalities"
        assert told == queries.people(**OCTOBER_ONLY, upto=now())
        handed(2, week=SEPTEMBER, people=4)
        assert queries.people(**YEAR, upto=now()).counted == 10, "six and seven"
        take_back_delivery(delivery_id=few.pk, **undo())
        assert queries.people(**YEAR, upto=now()).counted == 5, "September is a month of few again"

    def test_a_correction_of_a_closed_month_counts_in_the_first_open_one(self) -> None:
        given(5)
        wrong = handed(2, people=6)
        close_period(period=202610, now=NOW)
        assert take_back_delivery(delivery_id=wrong.pk, **undo()).period == 202611
        upto = now() | {"last_period": 202611}
        [october] = queries.units(**OCTOBER_ONLY, upto=upto)
        [november] = queries.units(first_period=202611, last_period=202611, upto=upto)
        assert (october.delivered, november.delivered, november.closing_free) == (2, -2, 5)


def identity(row: UnitRow) -> bool:
    gone = row.delivered + row.lost + row.expired
    return row.opening_free + row.bought + row.in_kind - row.reserved - gone == row.closing_free


@pytest.mark.usefixtures("store")
def test_every_row_adds_up_over_any_months() -> None:
    lot, kept_for = given(9, week=202637), envelope()
    reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=3, **act())
    handed(2, week=202640)
    write_off(lot_id=lot.pk, place=Place.EXPIRED, units=1, week=OCTOBER, **act())
    for first in (202609, 202610, 202611):
        for last in range(first, 202612):
            rows = queries.units(first_period=first, last_period=last, upto=now() | {"last_period": 202612})
            assert rows
            assert all(identity(row) for row in rows)


@pytest.mark.usefixtures("store")
def test_the_months_add_up_to_their_year() -> None:
    lot, kept_for = given(9, week=202637), envelope()
    reserve(lot_id=lot.pk, allocation_id=kept_for.pk, units=3, **act())
    handed(2, week=202647 - 1, allocation_id=kept_for.pk)
    write_off(lot_id=lot.pk, place=Place.LOST, units=1, week=OCTOBER, **act())
    upto = now() | {"last_period": 202612}
    [year] = queries.units(**YEAR, upto=upto)
    months = [queries.units(first_period=month, last_period=month, upto=upto) for month in range(202609, 202613)]
    for column in ("bought", "in_kind", "reserved", "delivered", "lost", "expired"):
        assert getattr(year, column) == sum(getattr(row, column) for rows in months for row in rows), column
    assert (year.reserved, year.closing_free) == (1, 5)


class TestUnitCosts:
    @pytest.mark.parametrize(
        ("cost", "units", "average"), [(100, 3, 33), (100, 8, 13), (1, 2, 1), (129_000, 10, 12_900)]
    )
    def test_the_average_is_rounded_half_up(self, cost: int, units: int, average: int) -> None:
        assert queries.average(cost_minor=cost, units=units) == average

    def test_planned_beside_actual_by_documents(self, db: None) -> None:
        make_catalogue()
        hold(fund_code="WARM-NIGHT", amount_minor=1_000_000, reference="warm")
        bag = make_item()
        tie_to_package(item=bag, sku="WARM-NIGHT", part="Śpiwór do -5 °C", **undo())
        bought(10, cost_minor=131_000)
        bought(5, cost_minor=70_000)
        take_back_lot(lot_id=bought(1, cost_minor=99_900).pk, **undo())
        given(3)
        [row] = queries.unit_costs(**OCTOBER_ONLY, upto=now())
        assert (row.sku, row.planned_minor, row.actual_minor) == ("WARM-NIGHT", 12_900, 13_400)
        assert (row.units, row.cost_minor) == (15, 201_000)


@pytest.mark.usefixtures("store")
class TestPeople:
    @pytest.mark.parametrize(
        ("count", "told"), [(None, None), (0, None), (4, None), (5, 5), (9, 5), (10, 10), (44, 40)]
    )
    def test_they_are_told_in_bands_that_begin_at_five(self, count: int | None, told: int | None) -> None:
        assert band_from(count) == told
        assert band(count) == ({"from": told, "below": told + 5} if told else None)

    def test_only_where_they_were_counted(self) -> None:
        given(9)
        handed(5)
        assert queries.people(**YEAR, upto=now()) == PeopleCount(counted=None, nationalities=None)
        handed(1, people=3, nationalities=2)
        assert queries.people(**YEAR, upto=now()) == PeopleCount(counted=None, nationalities=None), "three are too few"
        done(1, people=4, nationalities=3)
        assert queries.people(**YEAR, upto=now()) == PeopleCount(counted=5, nationalities=3, below=10)

    def test_a_correction_takes_people_and_nationalities_back(self) -> None:
        given(9)
        wrong = handed(1, people=30, nationalities=9)
        handed(1, people=8, nationalities=2)
        take_back_delivery(delivery_id=wrong.pk, **undo())
        assert queries.people(**YEAR, upto=now()) == PeopleCount(counted=5, nationalities=2, below=10)

    def test_services_tell_no_small_number_of_people(self) -> None:
        done(3, people=3)
        assert queries.services(**YEAR, upto=now()) == [], "three consultations are three people"
        done(3, people=1)
        [few] = queries.services(**YEAR, upto=now())
        assert (few.units, few.people) == (6, None)
        done(2, people=9)
        [more] = queries.services(**YEAR, upto=now())
        assert (more.units, more.people) == (8, 10)
        assert queries.services(**YEAR, upto={}) == []

    def test_a_year_counts_no_consultations_that_its_months_leave_out(self) -> None:
        done(9, week=202637)
        done(2)
        [year] = queries.services(**YEAR, upto=now())
        assert year.units == 9
        assert queries.services(**OCTOBER_ONLY, upto=now()) == []


@pytest.mark.usefixtures("store")
class TestActs:
    def test_fewer_than_five_are_not_told(self) -> None:
        given(20)
        for _each in range(4):
            handed(1)
        assert queries.acts_of_help(**YEAR, upto=now()) == []
        handed(1)
        [row] = queries.acts_of_help(**YEAR, upto=now())
        assert (row.kind, row.fund_code, row.region_code, row.week) == ("delivery", "WARM-NIGHT", "north", "2026-W41")
        assert row.count == len(row.delivery_ids) == 5

    def test_a_year_counts_no_acts_that_its_months_leave_out(self) -> None:
        given(20, week=202637)
        for _each in range(6):
            handed(1, week=202637)
        for _each in range(3):
            handed(1)
        assert sum(row.count for row in queries.acts_of_help(**YEAR, upto=now())) == 6
        assert queries.acts_of_help(**OCTOBER_ONLY, upto=now()) == []

    def test_five_acts_for_fewer_than_five_people_are_not_told(self) -> None:
        given(20, week=202640)
        handed(1, people=2)
        for _each in range(4):
            handed(1, people=1, week=202640)
        assert queries.acts_of_help(**YEAR, upto=now())[0].week is None
        wrong = handed(1, people=1)
        take_back_delivery(delivery_id=wrong.pk, **undo())
        assert sum(row.count for row in queries.acts_of_help(**YEAR, upto=now())) == 5

    def test_a_small_week_loses_its_week_and_drags_another_along_rather_than_be_told_apart(self) -> None:
        given(40, week=202640)
        for week, acts in ((202640, 6), (202641, 7), (202642, 2)):
            for _each in range(acts):
                handed(1, week=week)
        rows = queries.acts_of_help(**YEAR, upto=now())
        assert {(row.week, row.region_code, row.count) for row in rows} == {
            ("2026-W41", "north", 7),
            (None, None, 8),
        }, "two acts alone, told as the rest of fifteen, would be told apart"

    def test_what_is_published_of_weeks_is_in_bands(self) -> None:
        given(40)
        for _each in range(8):
            handed(1)
        assert queries.weeks(**YEAR, upto=now()) == [queries.WeekRow("2026-W41", "north", {"from": 5, "below": 10})]
        handed(1)
        assert queries.weeks(**YEAR, upto=now()) == [queries.WeekRow("2026-W41", "north", {"from": 5, "below": 10})]
