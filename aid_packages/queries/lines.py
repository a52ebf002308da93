"""What a basket shows and what a donation freezes: sums come from here at the moment of payment, never from a form."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aid_packages.models import AidPackage, Giving
from aid_packages.queries.cards import giving_note
from aid_packages.queries.day import warsaw_day
from core.texts import in_language


@dataclass(frozen=True)
class PricedLine:
    """A package as a donation will keep it: title and fallback in the donor's language, sums in grosze."""

    product_id: int
    title: str
    fund_code: str
    unit_minor: int
    quantity: int
    fallback: str
    """The clause on over-funding and the season's end, as shown before paying."""


@dataclass(frozen=True)
class BasketLine:
    """A package as a basket shows it. `unit_minor` is today's amount."""

    product_id: int
    sku: str
    slug: str
    title: str
    need_title: str
    illustration: str
    fund_code: str
    unit_minor: int
    quantity: int
    sum_minor: int
    limit: int
    givable: bool
    note: str
    clause: str


class UnknownPackages(LookupError):
    """Products that are no aid packages, or are withdrawn. Expected: a page may be older than the catalogue."""

    def __init__(self, product_ids: Sequence[int]) -> None:
        super().__init__(f"no such packages: {list(product_ids)}")
        self.product_ids = tuple(product_ids)


class NotGivable(ValueError):
    """A package whose need is paused, over or not begun. Expected. `note` says why and what to do instead."""

    def __init__(self, *, product_id: int, title: str, note: str, area_code: str) -> None:
        super().__init__(f"{title}: {note}")
        self.product_id = product_id
        self.title = title
        self.note = note
        self.area_code = area_code


class BadQuantity(ValueError):
    """A quantity below one or above the package's limit for one donation. Expected."""

    def __init__(self, *, product_id: int, title: str, quantity: int, limit: int) -> None:
        super().__init__(f"{title}: {quantity} is not between 1 and {limit}")
        self.product_id = product_id
        self.title = title
        self.quantity = quantity
        self.limit = limit


def basket_lines(*, items: Sequence[tuple[int, int]], now: datetime | None = None) -> tuple[BasketLine, ...]:
    """The packages among `items` (product id, quantity), in that order; others are left out. One query."""
    packages = _packages(items)
    day = warsaw_day(now)
    lines = []
    for product_id, quantity in items:
        package = packages.get(product_id)
        if package is None:
            continue
        need = package.need
        giving = need.giving_on(day)
        lines.append(
            BasketLine(
                product_id=product_id,
                sku=package.sku,
                slug=package.slug,
                title=in_language(package.title),
                need_title=in_language(need.title),
                illustration=package.illustration,
                fund_code=need.fund_code,
                unit_minor=package.amount_minor,
                quantity=quantity,
                sum_minor=package.amount_minor * quantity,
                limit=package.limit_per_order,
                givable=giving is Giving.OPEN and package.public,
                note=giving_note(giving, area_title=in_language(need.area.title)),
                clause=in_language(need.clause.text),
            )
        )
    return tuple(lines)


def frozen_lines_for(*, items: Sequence[tuple[int, int]], now: datetime | None = None) -> list[PricedLine]:
    """`items` (product id, quantity) at today's amounts, in their order. One query.

    Raises UnknownPackages, NotGivable, BadQuantity (also when the quantities of one package together pass its limit).
    """
    packages = _packages(items)
    unknown = [product_id for product_id, _quantity in items if not _public(packages.get(product_id))]
    if unknown:
        raise UnknownPackages(unknown)
    together: Counter[int] = Counter()
    day = warsaw_day(now)
    lines = []
    for product_id, quantity in items:
        package = packages[product_id]
        together[product_id] += quantity
        _check_line(package, quantity=quantity, together=together[product_id], giving=package.need.giving_on(day))
        lines.append(
            PricedLine(
                product_id=product_id,
                title=in_language(package.title),
                fund_code=package.need.fund_code,
                unit_minor=package.amount_minor,
                quantity=quantity,
                fallback=in_language(package.need.clause.text),
            )
        )
    return lines


def _public(package: AidPackage | None) -> bool:
    return package is not None and package.public


def _packages(items: Sequence[tuple[int, int]]) -> dict[int, AidPackage]:
    packages = AidPackage.objects.select_related("need__area", "need__clause")
    return {package.product_id: package for package in packages.filter(product_id__in={item[0] for item in items})}


def _check_line(package: AidPackage, *, quantity: int, together: int, giving: Giving) -> None:
    title = in_language(package.title)
    if giving is not Giving.OPEN:
        area = package.need.area
        note = giving_note(giving, area_title=in_language(area.title))
        raise NotGivable(product_id=package.product_id, title=title, note=note, area_code=area.code)
    if quantity < 1 or together > package.limit_per_order:
        raise BadQuantity(product_id=package.product_id, title=title, quantity=together, limit=package.limit_per_order)
