"""A package's items add up to its amount: said by the operation, refused by the database."""

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from aid_packages.models import AidPackage, ClauseVersion, ItemKind, Need, PackageItem
from aid_packages.operations import DoesNotAddUp, NewItem, publish_package
from tests.factories.aid_packages import make_catalogue
from tests.factories.time import NOW


def check_now() -> None:
    """What a commit would check."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.usefixtures("catalogue")
class TestTheDatabaseRefuses:
    def test_a_dearer_item(self) -> None:
        PackageItem.objects.filter(package__sku="WARM-NIGHT", position=1).update(unit_cost_minor=1)
        with pytest.raises(IntegrityError, match="its items add up to 5601, its amount says 18500"):
            check_now()

    def test_another_amount(self) -> None:
        AidPackage.objects.filter(sku="WARM-NIGHT").update(amount_minor=1)
        with pytest.raises(IntegrityError, match="its amount says 1"):
            check_now()

    def test_a_missing_item(self) -> None:
        PackageItem.objects.filter(package__sku="WARM-NIGHT", position=1).delete()
        with pytest.raises(IntegrityError, match="its items add up to 5600"):
            check_now()

    def test_an_item_moved_to_another_package(self) -> None:
        other = AidPackage.objects.get(sku="FUEL")
        PackageItem.objects.filter(package__sku="WARM-NIGHT", position=1).update(package=other, position=99)
        with pytest.raises(IntegrityError, match="add up"):
            check_now()

    def test_a_payment_cost_that_is_no_estimate(self) -> None:
        with pytest.raises(IntegrityError, match="item_payment_cost_is_an_estimate"), transaction.atomic():
            PackageItem.objects.filter(kind="payment").update(is_estimate=False)

    def test_other_words_for_a_clause_in_force(self) -> None:
        with pytest.raises(DatabaseError, match="new words need a new number"), transaction.atomic():
            ClauseVersion.objects.update(text={"pl": "inne", "en": "other"})

    def test_not_a_change_that_adds_up_in_the_end(self) -> None:
        PackageItem.objects.filter(package__sku="WARM-NIGHT", position=1).update(unit_cost_minor=13000)
        AidPackage.objects.filter(sku="WARM-NIGHT").update(amount_minor=18600)
        check_now()


def test_without_the_trigger_the_wrong_sum_would_stand(committed_db) -> None:
    make_catalogue()
    with pytest.raises(IntegrityError, match="add up"):
        AidPackage.objects.filter(sku="WARM-NIGHT").update(amount_minor=1)
    with psycopg.connect(committed_db.owner_url) as owner:
        owner.execute("DROP TRIGGER package_adds_up ON aid_packages_aidpackage")

    assert AidPackage.objects.filter(sku="WARM-NIGHT").update(amount_minor=1) == 1


def test_the_operation_says_by_how_much(catalogue) -> None:
    texts = {"pl": "Koc", "en": "Blanket"}
    item = NewItem(
        kind=ItemKind.GOODS,
        title=texts,
        quantity=2,
        unit_cost_minor=300,
        source=texts,
        source_date=NOW.date(),
    )
    with pytest.raises(DoesNotAddUp) as refused:
        publish_package(
            sku="BLANKET",
            need=Need.objects.get(code="warm-night"),
            title=texts,
            summary=texts,
            amount_minor=500,
            items=[item],
            limit_per_order=1,
            illustration="blanket",
            public=True,
            position=99,
            actor=None,
            reason="test",
            now=NOW,
        )

    assert (refused.value.items_minor, refused.value.amount_minor) == (600, 500)
