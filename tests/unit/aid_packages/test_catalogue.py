"""The catalogue file: what it loads, that it can be loaded again, and what it refuses."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from oscar.apps.catalogue.models import Product
from oscar.apps.partner.models import Partner as OscarPartner
from oscar.apps.partner.models import StockRecord

from aid_packages.models import Agreement, AidPackage, Area, Need, NeedState, PackageItem, Partner, Region
from aid_packages.operations import DEMO_CATALOGUE, CatalogueInvalid, load_catalogue
from core.models import TrailEntry
from ledger.models import Account, Fund
from tests.factories.aid_packages import changed_catalogue
from tests.factories.time import NOW


@pytest.mark.usefixtures("catalogue")
class TestLoading:
    def test_loads_everything_the_file_names(self) -> None:
        counts = {model: model.objects.count() for model in (Area, Need, AidPackage, Region, Partner)}

        assert counts == {Area: 6, Need: 9, AidPackage: 14, Region: 4, Partner: 3}

    def test_a_needs_fund_stands_under_its_area_and_that_under_general(self) -> None:
        fund = Fund.objects.get(code="WARM-NIGHT")

        assert fund.parent is not None
        assert fund.parent.code == "FOREST"
        assert fund.parent.parent is not None
        assert fund.parent.parent.code == "GENERAL"

    def test_partners_have_accounts_for_advances(self) -> None:
        assert Account.objects.filter(code="asset:advance:DEMO-FIELD").exists()

    def test_partners_have_their_agreements_and_each_says_the_same_for_ever(self, tmp_path: Path) -> None:
        signed = Agreement.objects.get(partner__code="DEMO-FIELD")
        assert (signed.number, signed.areas, signed.may_be_named) == (
            "1/2026",
            ["FOREST", "INTERVENTION", "MEDICAL"],
            True,
        )
        changed = changed_catalogue(tmp_path, lambda content: content["partners"][0]["agreement"].update(cap=1))
        with pytest.raises(CatalogueInvalid, match="agree anew"):
            load_catalogue(path=changed, now=NOW)

    def test_a_need_that_staff_ended_is_not_opened_again(self) -> None:
        Need.objects.filter(code="warm-night").update(state=NeedState.ENDED)
        load_catalogue(path=DEMO_CATALOGUE, now=NOW)
        assert Need.objects.get(code="warm-night").state == NeedState.ENDED

    def test_items_add_up_and_payment_costs_are_estimates(self) -> None:
        package = AidPackage.objects.get(sku="WARM-NIGHT")

        assert sum(item.sum_minor for item in package.items.all()) == package.amount_minor == 18500
        assert all(item.is_estimate for item in PackageItem.objects.filter(kind="payment"))

    def test_oscar_shows_the_package_without_stock_or_shipping(self) -> None:
        product = Product.objects.get(upc="WARM-NIGHT")
        record = StockRecord.objects.get(product=product)

        assert (product.title, product.slug, product.is_public) == ("Ciepła noc", "warm-night", True)
        assert not product.get_product_class().track_stock
        assert not product.is_shipping_required
        assert (record.price, record.price_currency, record.num_in_stock) == (185, "PLN", None)
        assert [partner.code for partner in OscarPartner.objects.all()] == ["store"]

    def test_loading_again_changes_nothing(self) -> None:
        acts = TrailEntry.objects.count()
        loaded = load_catalogue(path=DEMO_CATALOGUE, now=NOW)

        assert set(loaded.changed.values()) == {0}
        assert TrailEntry.objects.count() == acts

    def test_a_changed_amount_reaches_product_items_and_trail(self, tmp_path: Path) -> None:
        def dearer(content: dict) -> None:
            package = content["packages"][0]
            package["amount"] += 100
            package["items"][0]["unit_cost"] += 100

        loaded = load_catalogue(path=changed_catalogue(tmp_path, dearer), now=NOW)
        package = AidPackage.objects.get(sku="WARM-NIGHT")

        assert loaded.changed["AidPackage"] == 1
        assert package.amount_minor == 18600
        assert package.items.get(position=1).unit_cost_minor == 13000
        assert StockRecord.objects.get(product=package.product).price == 186
        assert TrailEntry.objects.filter(subject=f"package:{package.pk}").count() == 2


def _set(path: list, value: object):
    def change(content: dict) -> None:
        place = content
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


@pytest.mark.usefixtures("catalogue")
class TestRefusing:
    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            (
                _set(["packages", 0, "amount"], 18501),
                "packages[WARM-NIGHT].amount: the items add up to 18500 grosze, the amount says 18501",
            ),
            (_set(["packages", 0, "need"], "elsewhere"), "packages[WARM-NIGHT].need: no need elsewhere"),
            (_set(["packages", 1, "sku"], "WARM-NIGHT"), "a package's sku stands twice: WARM-NIGHT"),
            (_set(["needs", 0, "area"], "SEA"), "needs[warm-night].area: no area SEA"),
            (_set(["needs", 0, "code"], "forest"), "stands twice: FOREST"),
            (_set(["needs", 0, "season", "from"], "2026-10-15"), "a season begins on the first of a month"),
            (_set(["needs", 0, "season", "to"], "2026-02-30"), "needs[warm-night].season.to: no such day: 2026-02-30"),
            (_set(["needs", 0, "season", "to"], "2026-09-30"), "it ends (2026-09-30) before it begins (2026-10-01)"),
            (_set(["needs", 0, "goal"], 1.5), "needs[warm-night].goal: 1.5 is not of type 'integer'"),
            (_set(["needs", 0, "en", "title"], ""), "needs[warm-night].en.title: '' should be non-empty"),
            (
                _set(["packages", 0, "items", 0, "quantity"], 0),
                "packages[WARM-NIGHT].items[1].quantity: 0 is less than",
            ),
            (_set(["packages", 0, "items", 4, "estimate"], False), "the cost of a payment is always an estimate"),
            (_set(["partners", 0, "areas"], ["SEA"]), "partners[DEMO-FIELD].areas: no area SEA"),
            (_set(["clause", "en"], "Other words."), "clause: number 1 has other words already"),
            (_set(["currency"], "EUR"), "currency: 'PLN' was expected"),
        ],
    )
    def test_names_the_fault_and_its_place(self, tmp_path: Path, change: object, fault: str) -> None:
        with pytest.raises(CatalogueInvalid) as refused:
            load_catalogue(path=changed_catalogue(tmp_path, change), now=NOW)

        assert fault in str(refused.value)

    def test_names_every_fault_at_once(self, tmp_path: Path) -> None:
        def two_faults(content: dict) -> None:
            content["packages"][0]["amount"] = 1
            content["packages"][1]["amount"] = 2

        with pytest.raises(CatalogueInvalid) as refused:
            load_catalogue(path=changed_catalogue(tmp_path, two_faults), now=NOW)

        assert len(refused.value.faults) == 2

    def test_the_command_says_so_in_words(self, tmp_path: Path) -> None:
        path = changed_catalogue(tmp_path, _set(["packages", 0, "amount"], 18501))

        with pytest.raises(CommandError, match="can't be loaded:\n  packages"):
            call_command("load_catalogue", str(path))
        with pytest.raises(CommandError, match="can't be read: No such file"):
            call_command("load_catalogue", str(tmp_path / "nowhere.yaml"))

    def test_a_file_that_is_no_yaml(self, tmp_path: Path) -> None:
        path = tmp_path / "broken.yaml"
        path.write_text("areas: [", encoding="utf-8")

        with pytest.raises(CatalogueInvalid, match="not YAML"):
            load_catalogue(path=path, now=NOW)
