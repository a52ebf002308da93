"""Questions about needs, packages, allocations and spending."""

from aid_packages.queries.cards import AreaNeeds, ItemRow, NeedCard, NeedPage, PackageCard, PackagePage
from aid_packages.queries.envelope import Envelope, envelope, envelopes
from aid_packages.queries.funding import OverFunded, funded, over_funded
from aid_packages.queries.lines import (
    BadQuantity,
    BasketLine,
    NotGivable,
    PricedLine,
    UnknownPackages,
    basket_lines,
    frozen_lines_for,
)
from aid_packages.queries.names import fund_titles, partner_names, region_titles
from aid_packages.queries.pages import home_needs, need_page, needs_list, package_page
from aid_packages.queries.spending import SpendingRow, WithPartner, committed, spending_rows, with_partners
from aid_packages.queries.targets import (
    NEEDED_MOST,
    FreeTarget,
    TargetGroup,
    UnknownTarget,
    free_choices,
    free_target,
)

__all__ = [
    "NEEDED_MOST",
    "AreaNeeds",
    "BadQuantity",
    "BasketLine",
    "Envelope",
    "FreeTarget",
    "ItemRow",
    "NeedCard",
    "NeedPage",
    "NotGivable",
    "OverFunded",
    "PackageCard",
    "PackagePage",
    "PricedLine",
    "SpendingRow",
    "TargetGroup",
    "UnknownPackages",
    "UnknownTarget",
    "WithPartner",
    "basket_lines",
    "committed",
    "envelope",
    "envelopes",
    "free_choices",
    "free_target",
    "frozen_lines_for",
    "fund_titles",
    "funded",
    "home_needs",
    "need_page",
    "needs_list",
    "over_funded",
    "package_page",
    "partner_names",
    "region_titles",
    "spending_rows",
    "with_partners",
]
