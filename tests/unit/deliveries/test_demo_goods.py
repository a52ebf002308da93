"""The demo's money becomes goods that add up, are handed on, and make a report worth reading."""

from datetime import UTC, datetime
from itertools import product

import pytest

from aid_packages.deliveries import queries
from aid_packages.deliveries.queries import last_ids
from aid_packages.deliveries.weeks import week_of
from ledger import audit
from shop.demo.content import goods
from shop.demo.content.goods import plan_goods
from shop.demo.content.help import plan_help
from shop.demo.content.months import Months
from shop.demo.content.staff import make_staff
from tests.factories.aid_packages import hold, make_catalogue

TODAY = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FUNDS = (
    "WARM-NIGHT",
    "FIELD-TEAM",
    "LAWYER",
    "FIRST-AID",
    "DRY-CLOTHES",
    "FOOD-WATER",
    "FIRST-STEPS",
    "GENERAL",
)


def test_whatever_month_it_is_a_week_hands_on_what_came_by_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goods, "_buying", lambda *, at, **_: ("comes", week_of(at)))
    monkeypatch.setattr(goods, "_week", lambda *, week, **_: ("goes", week))
    for year, month in product(range(2026, 2037), range(1, 13)):
        months = Months(now=datetime(year, month, 20, 12, tzinfo=UTC))
        latest = 0
        for _at, act in sorted(plan_goods(months=months, staff=None), key=lambda step: step[0]):
            if isinstance(act, tuple):
                latest = max(latest, act[1]) if act[0] == "comes" else latest
                assert act[1] >= latest, f"{year}-{month}"


@pytest.mark.django_db
def test_the_demo_hands_on_what_it_bought() -> None:
    months = Months(now=TODAY)
    make_catalogue(now=months.books_open)
    for fund in FUNDS:
        hold(fund_code=fund, amount_minor=2_000_000, reference=fund)
    staff = make_staff(passwords={"ada": "a", "bartek": "b"})
    story = [*plan_help(months=months, staff=staff), *plan_goods(months=months, staff=staff)]
    for _at, act in sorted(story, key=lambda step: step[0]):
        act()

    months_of_the_demo = {"first_period": months.first, "last_period": months.second, "upto": last_ids(now=TODAY)}
    rows = queries.units(**months_of_the_demo)
    for row in rows:
        gone = row.delivered + row.lost + row.expired
        assert row.bought + row.in_kind == row.closing_free + row.reserved + gone
    assert sum(row.delivered for row in rows) > 100
    assert {row.lost for row in rows} > {0}
    assert sum(row.count for row in queries.acts_of_help(**months_of_the_demo)) >= 50
    people = queries.people(**months_of_the_demo)
    assert people.counted is not None
    assert people.counted >= 50
    assert people.nationalities == 5
    costs = {
        (row.item_code, row.sku): (row.planned_minor, row.actual_minor)
        for row in queries.unit_costs(**months_of_the_demo)
    }
    assert costs["sleeping-bag", "WARM-NIGHT"] == (12_900, 13_157)
    assert [str(finding) for finding in audit.run().findings] == []
