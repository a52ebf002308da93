"""The visitor's basket: Oscar's rows, found again by a signed cookie that is set when something is put in.

Oscar's own middleware would apply offers and open sessions on the way; none of that is needed to remember two numbers.
The cookie holds at most MOST_IDS baskets, newest first: one that is frozen while its payment is open may be followed
by a new one, and when both are open again (the payment was given up) they are merged.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from oscar.apps.basket.models import Basket, Line
from oscar.apps.partner.models import StockRecord

from aid_packages.models import AidPackage
from core.money import to_major, to_minor

COOKIE = "aid_basket"
MOST_IDS = 3
MOST_LINES = 20
_SALT = "shop.basket"
_VISIBLE = (Basket.OPEN, Basket.FROZEN)


class UnknownPackage(LookupError):
    """No public package has this name. Expected: packages are withdrawn, and addresses are guessed."""


class TooMany(ValueError):
    """More of a package than one donation may hold. Expected. `most` is the package's limit."""

    def __init__(self, most: int) -> None:
        super().__init__(str(most))
        self.most = most


@dataclass(frozen=True)
class BasketLine:
    """One line: the package's product, how many, and its sum in grosze when it was put in."""

    line_id: int
    product_id: int
    quantity: int
    added_minor: int
    stock: StockRecord


@dataclass(frozen=True)
class VisitorBasket:
    """A visitor's basket. `frozen` while a payment for it is open."""

    basket_id: int
    frozen: bool
    lines: tuple[BasketLine, ...]

    @property
    def items(self) -> list[tuple[int, int]]:
        """(product, quantity) of each line."""
        return [(line.product_id, line.quantity) for line in self.lines]


def ids_in_cookie(request: HttpRequest) -> list[int]:
    """The baskets this visitor holds, newest first; empty for a cookie that was tampered with."""
    try:
        kept = Signer(salt=_SALT).unsign(request.COOKIES.get(COOKIE, ""))
    except BadSignature:
        return []
    return [int(part) for part in kept.split(".") if part.isdigit()][:MOST_IDS]


def keep_in_cookie(response: HttpResponse, ids: list[int]) -> None:
    """Hands the visitor the key of the basket. Necessary for what was asked, so no consent is needed."""
    response.set_cookie(
        COOKIE,
        Signer(salt=_SALT).sign(".".join(str(number) for number in ids[:MOST_IDS])),
        max_age=settings.OSCAR_BASKET_COOKIE_LIFETIME,
        secure=settings.OSCAR_BASKET_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def count_items(request: HttpRequest) -> int:
    """How many packages the visitor's open basket holds."""
    ids = ids_in_cookie(request)
    if not ids:
        return 0
    lines = Line.objects.filter(basket_id__in=ids, basket__owner=None, basket__status=Basket.OPEN)
    return lines.aggregate(items=Sum("quantity"))["items"] or 0


def find_basket(*, ids: list[int]) -> VisitorBasket | None:
    """The basket to show: the open one (merged, if a thawed one stands beside it), else the newest frozen one."""
    if not ids:
        return None
    lines = Line.objects.filter(basket_id__in=ids, basket__owner=None, basket__status__in=_VISIBLE)
    rows = list(lines.select_related("basket", "stockrecord__partner").order_by("date_created", "id"))
    opened = {line.basket_id for line in rows if line.basket.status == Basket.OPEN}
    if len(opened) > 1:
        _merge(sorted(opened, key=ids.index))
        return find_basket(ids=ids)
    chosen = next(iter(opened), None) or next((i for i in ids if any(line.basket_id == i for line in rows)), None)
    if chosen is None:
        return None
    mine = [_line_of(line) for line in rows if line.basket_id == chosen]
    return VisitorBasket(
        basket_id=chosen,
        frozen=not opened,
        lines=tuple(mine),
    )


def add_to_basket(*, ids: list[int], sku: str, quantity: int) -> list[int]:
    """Puts `quantity` more of a package in, opening a basket if there is none; returns the baskets for the cookie.

    Raises UnknownPackage, and TooMany when the basket would hold more than the package's limit.
    """
    package = _public_package(sku)
    if quantity > package.limit_per_order:
        raise TooMany(package.limit_per_order)
    with transaction.atomic():
        basket = _open_basket(ids)
        line = Line.objects.filter(basket=basket, product_id=package.product_id).first()
        if line is not None:
            if line.quantity + quantity > package.limit_per_order:
                raise TooMany(package.limit_per_order)
            line.quantity += quantity
            line.save(update_fields=["quantity", "date_updated"])
        else:
            stock = StockRecord.objects.get(product_id=package.product_id)
            _new_line(basket, stock, quantity=quantity, added_minor=package.amount_minor).save()
    return [basket.id, *(number for number in ids if number != basket.id)]


def change_quantity(*, ids: list[int], line_id: int, quantity: int) -> None:
    """Sets how many of a line the open basket holds; 0 takes it out. A line that isn't the visitor's is left alone.

    Raises TooMany.
    """
    with transaction.atomic():
        mine = Line.objects.select_for_update(of=("self", "basket")).select_related("basket", "product__aid_package")
        line = mine.filter(
            id=line_id,
            basket_id__in=ids,
            basket__owner=None,
            basket__status=Basket.OPEN,
            product__aid_package__isnull=False,
        ).first()
        if line is None:
            return
        if quantity == 0:
            line.delete()
            return
        if quantity > line.product.aid_package.limit_per_order:
            raise TooMany(line.product.aid_package.limit_per_order)
        line.quantity = quantity
        line.save(update_fields=["quantity", "date_updated"])


def basket_of_one(*, product_id: int, quantity: int, added_minor: int) -> tuple[Basket, StockRecord]:
    """A basket of its own for "give this now", frozen from the start; the visitor's other basket stays as it is.

    Inside a database transaction.
    """
    stock = StockRecord.objects.select_related("partner").get(product_id=product_id)
    basket = Basket.objects.create(status=Basket.FROZEN)
    # bulk_create, because a line of a frozen basket refuses to save itself
    Line.objects.bulk_create([_new_line(basket, stock, quantity=quantity, added_minor=added_minor)])
    return basket, stock


def product_of(slug: str) -> int | None:
    """Oscar's product behind a public package's slug, or None. One query."""
    packages = AidPackage.objects.filter(sku=slug.upper(), public=True)
    return packages.values_list("product_id", flat=True).first()


def _new_line(basket: Basket, stock: StockRecord, *, quantity: int, added_minor: int) -> Line:
    """A line with the sum of today beside it."""
    return Line(
        basket=basket,
        product_id=stock.product_id,
        stockrecord=stock,
        line_reference=f"{stock.product_id}_{stock.id}",
        quantity=quantity,
        price_currency="PLN",
        price_excl_tax=to_major(added_minor),
        price_incl_tax=to_major(added_minor),
    )


def _line_of(line: Line) -> BasketLine:
    return BasketLine(
        line_id=line.id,
        product_id=line.product_id,
        quantity=line.quantity,
        added_minor=to_minor(line.price_incl_tax),
        stock=line.stockrecord,
    )


def _public_package(sku: str) -> AidPackage:
    package = AidPackage.objects.filter(sku=sku, public=True).first()
    if package is None:
        raise UnknownPackage(sku)
    return package


def _open_basket(ids: list[int]) -> Basket:
    """The visitor's newest open basket, locked, or a new one."""
    mine = Basket.objects.select_for_update().filter(id__in=ids, owner=None, status=Basket.OPEN)
    return mine.order_by("-id").first() or Basket.objects.create()


@transaction.atomic
def _merge(ids: list[int]) -> None:
    """Moves the lines of the older open baskets into the newest; of a package in both, the larger quantity stays."""
    baskets = Basket.objects.select_for_update().filter(id__in=ids, status=Basket.OPEN).order_by("id")
    by_id = {basket.id: basket for basket in baskets}
    newest, *older = [by_id[number] for number in ids if number in by_id]
    for basket in older:
        newest.merge(basket, add_quantities=False)
