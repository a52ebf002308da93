"""Publishing a package: our row, its composition and Oscar's product, kept in step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from oscar.apps.catalogue.models import Product, ProductClass
from oscar.apps.partner.models import Partner as OscarPartner
from oscar.apps.partner.models import StockRecord

from aid_packages.models import AidPackage, ItemKind, Need, PackageItem
from core.models import User
from core.texts import Texts
from core.trail import record


@dataclass(frozen=True)
class NewItem:
    """A part of a package as it is to be published; the unit cost in grosze."""

    kind: ItemKind
    title: Texts
    quantity: int
    unit_cost_minor: int
    source: Texts
    source_date: date
    is_estimate: bool = False


class DoesNotAddUp(ValueError):
    """The items' sum is not the package's amount. Expected; the database would refuse it too. Both in grosze."""

    def __init__(self, *, sku: str, amount_minor: int, items_minor: int) -> None:
        super().__init__(f"{sku}: the items add up to {items_minor}, the amount says {amount_minor}")
        self.sku = sku
        self.amount_minor = amount_minor
        self.items_minor = items_minor


@transaction.atomic
def publish_package(
    *,
    sku: str,
    need: Need,
    title: Texts,
    summary: Texts,
    amount_minor: int,
    items: Sequence[NewItem],
    limit_per_order: int,
    illustration: str,
    public: bool,
    position: int,
    actor: User | None,
    reason: str,
    now: datetime,
) -> tuple[AidPackage, bool]:
    """Makes or changes the package `sku`; says whether anything changed. Amounts in grosze. Raises DoesNotAddUp.

    A basket that already holds the package keeps the amount it was shown; paying then says that it changed.
    """
    adds_up = sum(item.quantity * item.unit_cost_minor for item in items)
    if adds_up != amount_minor:
        raise DoesNotAddUp(sku=sku, amount_minor=amount_minor, items_minor=adds_up)
    package = AidPackage.objects.select_for_update().filter(sku=sku).first() or AidPackage(sku=sku)
    before = package.amount_minor
    wanted = {
        "need": need,
        "title": title,
        "summary": summary,
        "amount_minor": amount_minor,
        "limit_per_order": limit_per_order,
        "illustration": illustration,
        "public": public,
        "position": position,
    }
    changed = package.pk is None or any(getattr(package, name) != value for name, value in wanted.items())
    if changed:
        for name, value in wanted.items():
            setattr(package, name, value)
        package.product = _keep_product(package)
        package.save()
    if not (_replace_items(package, items) or changed):
        return package, False
    facts = {"amount_minor": amount_minor, "amount_before_minor": before}
    record(actor=actor, act="package.published", subject=f"package:{package.pk}", reason=reason, now=now, facts=facts)
    return package, True


def _replace_items(package: AidPackage, items: Sequence[NewItem]) -> bool:
    """Puts `items` in place of those that stand; says whether they differ."""
    standing = [
        NewItem(
            kind=ItemKind(item.kind),
            title=item.title,
            quantity=item.quantity,
            unit_cost_minor=item.unit_cost_minor,
            source=item.source,
            source_date=item.source_date,
            is_estimate=item.is_estimate,
        )
        for item in package.items.all()
    ]
    if standing == list(items):
        return False
    package.items.all().delete()
    PackageItem.objects.bulk_create(
        PackageItem(package=package, position=position, **vars(item)) for position, item in enumerate(items, start=1)
    )
    return True


def _keep_product(package: AidPackage) -> Product:
    """Oscar's product and stock record for the package: display only, so a basket can hold it.

    Written without Oscar's signals, which feed a search index and stock alerts that the shop doesn't have.
    """
    kind, _made = ProductClass.objects.get_or_create(
        name="Aid package", defaults={"requires_shipping": False, "track_stock": False}
    )
    store, _made = OscarPartner.objects.get_or_create(code="store", defaults={"name": "Store Without Borders"})
    shown = {
        "title": package.title["pl"],
        "slug": package.slug,
        "product_class": kind,
        "is_public": package.public,
        "is_discountable": False,
    }
    price = {
        "partner": store,
        "partner_sku": package.sku,
        "price_currency": "PLN",
        "price": Decimal(package.amount_minor) / 100,
    }
    if not Product.objects.filter(upc=package.sku).update(**shown):
        Product.objects.bulk_create([Product(upc=package.sku, **shown)])
    product = Product.objects.get(upc=package.sku)
    if not StockRecord.objects.filter(product=product).update(**price):
        StockRecord.objects.bulk_create([StockRecord(product=product, **price)])
    return product
