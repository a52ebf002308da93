"""What the storefront's pages ask. At most three queries each; unknown names answer None."""

from datetime import datetime

from django.db.models import QuerySet

from aid_packages.models import AidPackage, Area, Giving, Need
from aid_packages.queries.cards import (
    AreaNeeds,
    NeedCard,
    NeedPage,
    PackagePage,
    item_row,
    need_card,
    package_card,
)
from aid_packages.queries.day import warsaw_day
from aid_packages.queries.funding import funded_needs
from core.texts import in_language


def home_needs(*, now: datetime | None = None, limit: int = 3) -> tuple[NeedCard, ...]:
    """The most urgent needs that can be given to now, most urgent first. Two queries."""
    day = warsaw_day(now)
    needs = [need for need in _needs() if need.giving_on(day) is Giving.OPEN][:limit]
    given = funded_needs(needs=needs)
    return tuple(need_card(need, funded_minor=given[need.fund_code], day=day) for need in needs)


def needs_list(*, now: datetime | None = None) -> tuple[AreaNeeds, ...]:
    """Every area that has needs, each with its needs, most urgent first. Two queries."""
    day = warsaw_day(now)
    needs = list(_needs())
    given = funded_needs(needs=needs)
    by_area: dict[Area, list[NeedCard]] = {}
    for need in sorted(needs, key=lambda need: need.area.position):
        by_area.setdefault(need.area, []).append(need_card(need, funded_minor=given[need.fund_code], day=day))
    return tuple(
        AreaNeeds(code=area.code, title=in_language(area.title), summary=in_language(area.summary), needs=tuple(cards))
        for area, cards in by_area.items()
    )


def need_page(*, code: str, now: datetime | None = None) -> NeedPage | None:
    """One need with its public packages, or None. Three queries."""
    day = warsaw_day(now)
    need = _needs().select_related("clause").filter(code=code).first()
    if need is None:
        return None
    card = need_card(need, funded_minor=funded_needs(needs=[need])[need.fund_code], day=day)
    packages = need.packages.filter(public=True)
    return NeedPage(
        need=card,
        body=tuple(part.strip() for part in in_language(need.body).split("\n\n") if part.strip()),
        packages=tuple(package_card(package, givable=card.givable) for package in packages),
        clause=in_language(need.clause.text),
        clause_number=need.clause.number,
    )


def package_page(*, sku: str, now: datetime | None = None) -> PackagePage | None:
    """One public package by its sku or its slug in an address, or None. Three queries."""
    day = warsaw_day(now)
    package = (
        AidPackage.objects.select_related("need__area", "need__clause").filter(sku=sku.upper(), public=True).first()
    )
    if package is None:
        return None
    need = package.need
    card = need_card(need, funded_minor=funded_needs(needs=[need])[need.fund_code], day=day)
    return PackagePage(
        package=package_card(package, givable=card.givable),
        need=card,
        items=tuple(item_row(item) for item in package.items.all()),
        clause=in_language(need.clause.text),
        clause_number=need.clause.number,
    )


def _needs() -> QuerySet[Need]:
    """Needs, each with its area at hand."""
    return Need.objects.select_related("area")
