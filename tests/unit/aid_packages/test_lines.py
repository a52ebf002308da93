"""What a donation freezes: today's amounts, and nothing that can't be given."""

import pytest
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from aid_packages.models import AidPackage, Need, NeedState
from aid_packages.queries import (
    BadQuantity,
    NotGivable,
    UnknownPackages,
    UnknownTarget,
    basket_lines,
    free_choices,
    free_target,
    frozen_lines_for,
)
from tests.factories.time import NOW

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.django_db]


def product(sku: str) -> int:
    return AidPackage.objects.get(sku=sku).product_id


class TestFrozenLines:
    def test_order_sums_funds_and_fallback(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        items = [(product("LAWYER-HOUR"), 1), (product("WARM-NIGHT"), 2)]
        with override("pl"), django_assert_num_queries(1):
            lines = frozen_lines_for(items=items, now=NOW)

        assert [(line.title, line.fund_code, line.unit_minor, line.quantity) for line in lines] == [
            ("Godzina pracy prawnika", "LAWYER", 17000, 1),
            ("Ciepła noc", "WARM-NIGHT", 18500, 2),
        ]
        assert lines[0].fallback.startswith("Jeśli na tę potrzebę")

    @pytest.mark.parametrize("quantity", [0, -1, 51, 10**9])
    def test_refuses_quantities_out_of_bounds(self, quantity: int) -> None:
        with pytest.raises(BadQuantity) as refused:
            frozen_lines_for(items=[(product("WARM-NIGHT"), quantity)], now=NOW)

        assert refused.value.limit == 50

    def test_counts_a_package_that_stands_twice_together(self) -> None:
        with pytest.raises(BadQuantity):
            frozen_lines_for(items=[(product("WARM-NIGHT"), 30), (product("WARM-NIGHT"), 21)], now=NOW)

    def test_refuses_unknown_and_withdrawn_packages(self) -> None:
        AidPackage.objects.filter(sku="FUEL").update(public=False)
        with pytest.raises(UnknownPackages) as refused:
            frozen_lines_for(items=[(product("FUEL"), 1), (999_999, 1)], now=NOW)

        assert refused.value.product_ids == (product("FUEL"), 999_999)

    def test_refuses_a_paused_need_and_says_what_to_do(self) -> None:
        Need.objects.filter(code="warm-night").update(state=NeedState.PAUSED)
        with override("en"), pytest.raises(NotGivable) as refused:
            frozen_lines_for(items=[(product("WARM-NIGHT"), 1)], now=NOW)

        assert "Surviving in the forest" in refused.value.note
        assert refused.value.area_code == "FOREST"


def test_basket_lines_show_todays_amounts(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    items = [(product("WARM-NIGHT"), 2), (999_999, 1)]
    with django_assert_num_queries(1):
        lines = basket_lines(items=items, now=NOW)

    assert [(line.sku, line.sum_minor, line.givable) for line in lines] == [("WARM-NIGHT", 37000, True)]


class TestFreeTargets:
    def test_a_need_an_area_or_where_it_is_needed_most(self) -> None:
        with override("en"):
            targets = [free_target(code=code, now=NOW) for code in ("warm-night", "FOREST", "GENERAL")]

        assert [(target.fund_code, target.title) for target in targets] == [
            ("WARM-NIGHT", "Warmth at night"),
            ("FOREST", "Surviving in the forest"),
            ("GENERAL", "Where it is needed most"),
        ]
        assert all(target.fallback and not target.redirected_from for target in targets)

    def test_an_ended_need_is_redirected_to_its_area(self) -> None:
        Need.objects.filter(code="warm-night").update(state=NeedState.ENDED)
        with override("en"):
            target = free_target(code="warm-night", now=NOW)

        assert (target.fund_code, target.redirected_from) == ("FOREST", "Warmth at night")
        assert "season is over" in target.note

    @pytest.mark.parametrize("code", ["nowhere", "ADMIN", ""])
    def test_refuses_what_is_no_purpose(self, code: str) -> None:
        with pytest.raises(UnknownTarget):
            free_target(code=code, now=NOW)

    def test_choices_leave_out_what_cannot_be_given_to(self) -> None:
        Need.objects.filter(code="warm-night").update(state=NeedState.PAUSED)
        groups = {group.area.code: [need.code for need in group.needs] for group in free_choices(now=NOW)}

        assert groups["FOREST"] == ["dry-clothes", "food-water", "contact"]
        assert len(groups) == 6
