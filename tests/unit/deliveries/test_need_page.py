"""What a need's page says in units: nothing that a published report has not said, and nothing of the last fourteen days."""

from datetime import timedelta

import pytest
from django.test import Client

from aid_packages.deliveries.queries import need_in_units
from ledger.operations import close_period
from tests.factories.aid_packages import hold, make_catalogue
from tests.factories.deliveries import LAST_WEEK, bought, done, given, handed, make_item
from tests.factories.time import NOW


@pytest.fixture
def helped(db: None) -> None:
    """October: twelve sleeping bags came in, five were handed on; one more in November."""
    make_catalogue()
    hold(fund_code="WARM-NIGHT", amount_minor=1_000_000, reference="warm")
    make_item()
    bought(10)
    given(2)
    handed(5, people=6)
    handed(1, week=LAST_WEEK)


def rows(now: object = NOW) -> list[tuple[str, int, int]]:
    units = need_in_units(fund_code="WARM-NIGHT", first_period=202610, now=now)
    return [(row.title, row.came_in, row.handed_on) for row in units.rows]


@pytest.mark.usefixtures("helped")
class TestFigures:
    def test_nothing_before_a_report_is_published(self) -> None:
        assert rows() == []

    def test_a_month_whose_report_is_published(self) -> None:
        close_period(period=202610, now=NOW)
        assert rows() == [("Śpiwór do -5 °C", 12, 5)]

    def test_nothing_that_is_younger_than_fourteen_days_whatever_is_published(self) -> None:
        close_period(period=202611, now=NOW)
        assert rows() == [("Śpiwór do -5 °C", 12, 5)]
        assert rows(NOW + timedelta(days=40)) == [("Śpiwór do -5 °C", 12, 6)]

    def test_goods_of_the_area_count_as_handed_on_but_not_as_bought_for_it(self) -> None:
        given(3, fund_code="FOREST")
        make_item("consultation", kind="service", unit="consultation")
        handed(8)
        done(6)
        done(4, week=202637)
        close_period(period=202610, now=NOW)
        assert rows() == [("Śpiwór do -5 °C", 12, 13), ("Konsultacja prawna", 0, 6)]

    def test_the_season_before_is_not_counted(self) -> None:
        given(7, week=202630)
        close_period(period=202610, now=NOW)
        assert rows() == [("Śpiwór do -5 °C", 12, 5)]


@pytest.mark.usefixtures("helped")
@pytest.mark.parametrize(("language", "words"), [("en", "What came of it"), ("pl", "Śpiwór do -5 °C")])
def test_the_page_says_it_without_region_week_or_people(language: str, words: str) -> None:
    close_period(period=202610, now=NOW)
    page = Client().get(f"/{language}/needs/warm-night/")
    if page.status_code == 404:
        page = Client().get(f"/{language}/potrzeby/warm-night/")
    text = page.content.decode()
    assert words in text
    for finer in ("2026-W", "north", "Północny", "people reached"):
        assert finer not in text
