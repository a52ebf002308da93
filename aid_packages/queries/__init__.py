"""Questions about needs, packages, allocations and spending."""

from aid_packages.queries.agreements import AgreementRow, EndedWithAdvance, agreements, ended_with_advance
from aid_packages.queries.cards import AreaNeeds, ItemRow, NeedCard, NeedPage, PackageCard, PackagePage
from aid_packages.queries.corrections import Borne, borne
from aid_packages.queries.deficits import Cause, DeficitRow, OpenDeficit, causes, deficits, open_deficits
from aid_packages.queries.emergencies import EmergencyRow, emergencies_overdue, last_ids
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
from aid_packages.queries.names import (
    fund_titles,
    partner_names,
    partner_names_at_desk,
    region_titles,
    unnamed_partners,
)
from aid_packages.queries.pages import home_needs, need_page, needs_list, package_page
from aid_packages.queries.payables import Payable, open_payables
from aid_packages.queries.redirects import CanGoOn, RedirectRow, can_go_on, redirects
from aid_packages.queries.reserved import Reserved, reserved_in, reserved_in_closed
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
    "AgreementRow",
    "AreaNeeds",
    "BadQuantity",
    "BasketLine",
    "Borne",
    "CanGoOn",
    "Cause",
    "DeficitRow",
    "EmergencyRow",
    "EndedWithAdvance",
    "Envelope",
    "FreeTarget",
    "ItemRow",
    "NeedCard",
    "NeedPage",
    "NotGivable",
    "OpenDeficit",
    "OverFunded",
    "PackageCard",
    "PackagePage",
    "Payable",
    "PricedLine",
    "RedirectRow",
    "Reserved",
    "SpendingRow",
    "TargetGroup",
    "UnknownPackages",
    "UnknownTarget",
    "WithPartner",
    "agreements",
    "basket_lines",
    "borne",
    "can_go_on",
    "causes",
    "committed",
    "deficits",
    "emergencies_overdue",
    "ended_with_advance",
    "envelope",
    "envelopes",
    "free_choices",
    "free_target",
    "frozen_lines_for",
    "fund_titles",
    "funded",
    "home_needs",
    "last_ids",
    "need_page",
    "needs_list",
    "open_deficits",
    "open_payables",
    "over_funded",
    "package_page",
    "partner_names",
    "partner_names_at_desk",
    "redirects",
    "region_titles",
    "reserved_in",
    "reserved_in_closed",
    "spending_rows",
    "unnamed_partners",
    "with_partners",
]
