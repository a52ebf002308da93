"""What pages ask: in the reader's language, with few queries, funded as the ledger says."""

from datetime import UTC, datetime

import pytest
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from aid_packages.models import Need, NeedState
from aid_packages.queries import home_needs, need_page, needs_list, over_funded, package_page
from ledger.accounts import STRIPE_CLEARING, fund_account
from ledger.models import EntryKind, FundUse
from ledger.operations import Line, post
from tests.factories.aid_packages import give
from tests.factories.time import NOW

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.mark.django_db
class TestFewQueries:
    def test_home(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(2):
            cards = home_needs(now=NOW)

        assert [card.code for card in cards] == ["warm-night", "dry-clothes", "field-team"]

    def test_needs(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(2):
            areas = needs_list(now=NOW)

        assert [area.code for area in areas][:2] == ["FOREST", "INTERVENTION"]
        assert [card.code for card in areas[0].needs] == ["warm-night", "dry-clothes", "food-water", "contact"]

    def test_one_need(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(3):
            page = need_page(code="dry-clothes", now=NOW)

        assert page is not None
        assert [package.sku for package in page.packages] == ["DRY-CLOTHES", "DRY-BOOTS"]
        assert len(page.body) == 2

    def test_one_package(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(3):
            page = package_page(sku="warm-night", now=NOW)

        assert page is not None
        assert sum(item.sum_minor for item in page.items) == page.package.amount_minor
        assert page.need.fund_code == "WARM-NIGHT"


@pytest.mark.django_db
class TestLanguage:
    def test_texts_speak_the_readers(self) -> None:
        with override("en"):
            english = package_page(sku="WARM-NIGHT", now=NOW)
        with override("pl"):
            polish = package_page(sku="WARM-NIGHT", now=NOW)

        assert english is not None
        assert polish is not None
        assert (english.package.title, polish.package.title) == ("A warm night", "Ciepła noc")
        assert (english.items[2].title, polish.items[2].title) == ("Foil blanket", "Folia NRC")
        assert english.clause.startswith("If this need")
        assert polish.clause.startswith("Jeśli na tę potrzebę")


@pytest.mark.django_db
def test_unknown_names_answer_nothing() -> None:
    assert need_page(code="nowhere", now=NOW) is None
    assert package_page(sku="nothing", now=NOW) is None


def _take_from_fund(*, use: FundUse, amount_minor: int, reference: str) -> None:
    post(
        reference=reference,
        kind=EntryKind.REFUND if use is FundUse.REFUNDS else EntryKind.REDIRECT,
        event_at=NOW,
        lines=[
            Line(fund_account("WARM-NIGHT", use), amount_minor),
            Line(
                STRIPE_CLEARING if use is FundUse.REFUNDS else fund_account("FOREST", FundUse.REDIRECT_IN),
                -amount_minor,
            ),
        ],
        now=NOW,
    )


@pytest.mark.django_db
class TestFunded:
    def test_gifts_less_refunds_and_redirects_since_the_season_began(self) -> None:
        before_the_season = datetime(2026, 9, 30, 21, 59, tzinfo=UTC)
        first_night = datetime(2026, 9, 30, 22, 1, tzinfo=UTC)  # already October in Warsaw
        give(fund_code="WARM-NIGHT", amount_minor=5_000, reference="eve", event_at=before_the_season)
        give(fund_code="WARM-NIGHT", amount_minor=2_000_000, reference="first", event_at=first_night)
        give(fund_code="WARM-NIGHT", amount_minor=1_200_000, reference="second")
        _take_from_fund(use=FundUse.REFUNDS, amount_minor=100_000, reference="refund:1")
        _take_from_fund(use=FundUse.REDIRECT_OUT, amount_minor=50_000, reference="redirect:1")

        page = need_page(code="warm-night", now=NOW)

        assert page is not None
        assert page.need.funded_minor == 3_050_000
        assert page.need.funded_percent == 47
        assert page.need.surplus_minor == 0

    def test_each_need_counts_from_its_own_season(self) -> None:
        Need.objects.filter(code="lawyer").update(season_from="2026-11-01")
        october = datetime(2026, 10, 10, 12, tzinfo=UTC)
        give(fund_code="LAWYER", amount_minor=70_000, reference="early", event_at=october)
        give(fund_code="WARM-NIGHT", amount_minor=30_000, reference="in-season", event_at=october)

        funded = {card.code: card.funded_minor for area in needs_list(now=NOW) for card in area.needs}

        assert (funded["lawyer"], funded["warm-night"]) == (0, 30_000)

    def test_over_funded_says_by_how_much_and_what_becomes_of_it(self) -> None:
        need = Need.objects.select_related("area", "clause").get(code="contact")
        assert over_funded(need=need) is None
        give(fund_code="CONTACT", amount_minor=2_600_000, reference="generous")

        with override("en"):
            over = over_funded(need=need)
            page = need_page(code="contact", now=NOW)

        assert over is not None
        assert (over.surplus_minor, over.area_title) == (100_000, "Surviving in the forest")
        assert over.clause.startswith("If this need")
        assert page is not None
        assert (page.need.funded_percent, page.need.bar_percent, page.need.surplus_minor) == (104, 100, 100_000)
        assert page.need.givable


@pytest.mark.django_db
class TestSeason:
    @pytest.mark.parametrize(
        ("state", "now", "giving", "note"),
        [
            (NeedState.OPEN, NOW, "open", ""),
            (NeedState.PAUSED, NOW, "paused", "We have paused gifts to this need for now."),
            (NeedState.ENDED, NOW, "ended", "This need's season is over."),
            (NeedState.OPEN, datetime(2026, 9, 30, 21, 59, tzinfo=UTC), "not_yet", "has not begun yet."),
            (NeedState.OPEN, datetime(2026, 9, 30, 22, 0, tzinfo=UTC), "open", ""),
            (NeedState.OPEN, datetime(2027, 4, 30, 21, 59, tzinfo=UTC), "open", ""),
            (NeedState.OPEN, datetime(2027, 4, 30, 22, 0, tzinfo=UTC), "ended", "This need's season is over."),
        ],
    )
    def test_a_page_says_whether_and_what_instead(self, state: str, now: datetime, giving: str, note: str) -> None:
        Need.objects.filter(code="warm-night").update(state=state)
        with override("en"):
            page = need_page(code="warm-night", now=now)

        assert page is not None
        assert page.need.giving == giving
        assert note in page.need.note
        assert ("Surviving in the forest" in page.need.note) == bool(note)
        assert all(package.givable == page.need.givable == (giving == "open") for package in page.packages)

    def test_home_leaves_out_what_cannot_be_given_to(self) -> None:
        Need.objects.filter(code="warm-night").update(state=NeedState.PAUSED)

        assert [card.code for card in home_needs(now=NOW)] == ["dry-clothes", "field-team", "food-water"]
