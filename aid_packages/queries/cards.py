"""What pages show of needs and packages: frozen rows with texts already in the reader's language. Sums are grosze."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from aid_packages.models import AidPackage, Giving, Need, PackageItem, Urgency
from core.texts import in_language


@dataclass(frozen=True)
class NeedCard:
    """A need in a list."""

    code: str
    title: str
    summary: str
    illustration: str
    area_code: str
    area_title: str
    fund_code: str
    urgency: int
    urgency_label: str
    season_from: date
    season_to: date
    goal_minor: int
    funded_minor: int
    funded_percent: int
    """Whole percent of the goal, rounded down; above 100 when over-funded."""
    surplus_minor: int
    """What came in above the goal; 0 when none."""
    giving: str
    """A value of Giving."""
    givable: bool
    note: str
    """Why nothing can be given here now, and what to do instead; empty while it can."""

    @property
    def bar_percent(self) -> int:
        """How much of a bar is filled."""
        return max(0, min(100, self.funded_percent))


@dataclass(frozen=True)
class PackageCard:
    """A package in a list."""

    product_id: int
    sku: str
    slug: str
    title: str
    summary: str
    illustration: str
    amount_minor: int
    limit: int
    givable: bool


@dataclass(frozen=True)
class ItemRow:
    """One part of a package."""

    kind: str
    kind_label: str
    title: str
    quantity: int
    unit_cost_minor: int
    sum_minor: int
    source: str
    source_date: date
    is_estimate: bool


@dataclass(frozen=True)
class AreaNeeds:
    """An area with its needs."""

    code: str
    title: str
    summary: str
    needs: tuple[NeedCard, ...]


@dataclass(frozen=True)
class NeedPage:
    """One need with its packages and the clause."""

    need: NeedCard
    body: tuple[str, ...]
    packages: tuple[PackageCard, ...]
    clause: str
    clause_number: int


@dataclass(frozen=True)
class PackagePage:
    """One package with what is inside, its need, and the clause."""

    package: PackageCard
    need: NeedCard
    items: tuple[ItemRow, ...]
    clause: str
    clause_number: int


def need_card(need: Need, *, funded_minor: int, day: date) -> NeedCard:
    """The need (with its area at hand) as a card on a Warsaw day."""
    giving = need.giving_on(day)
    return NeedCard(
        code=need.code,
        title=in_language(need.title),
        summary=in_language(need.summary),
        illustration=need.illustration,
        area_code=need.area.code,
        area_title=in_language(need.area.title),
        fund_code=need.fund_code,
        urgency=need.urgency,
        urgency_label=str(Urgency(need.urgency).label),
        season_from=need.season_from,
        season_to=need.season_to,
        goal_minor=need.goal_minor,
        funded_minor=funded_minor,
        funded_percent=funded_minor * 100 // need.goal_minor,
        surplus_minor=max(0, funded_minor - need.goal_minor),
        giving=giving.value,
        givable=giving is Giving.OPEN,
        note=giving_note(giving, area_title=in_language(need.area.title)),
    )


def giving_note(giving: Giving, *, area_title: str) -> str:
    """One sentence or two for a need that can't be given to; empty for one that can."""
    why = {
        Giving.OPEN: "",
        Giving.NOT_YET: _("This need's season has not begun yet."),
        Giving.PAUSED: _("We have paused gifts to this need for now."),
        Giving.ENDED: _("This need's season is over."),
    }[giving]
    if not why:
        return ""
    instead = _("You can give any sum to the same area instead: %(area)s.") % {"area": area_title}
    return f"{why} {instead}"


def package_card(package: AidPackage, *, givable: bool) -> PackageCard:
    """The package as a card."""
    return PackageCard(
        product_id=package.product_id,
        sku=package.sku,
        slug=package.slug,
        title=in_language(package.title),
        summary=in_language(package.summary),
        illustration=package.illustration,
        amount_minor=package.amount_minor,
        limit=package.limit_per_order,
        givable=givable and package.public,
    )


def item_row(item: PackageItem) -> ItemRow:
    """One part of a package as a row."""
    return ItemRow(
        kind=item.kind,
        kind_label=str(item.get_kind_display()),
        title=in_language(item.title),
        quantity=item.quantity,
        unit_cost_minor=item.unit_cost_minor,
        sum_minor=item.sum_minor,
        source=in_language(item.source),
        source_date=item.source_date,
        is_estimate=item.is_estimate,
    )
