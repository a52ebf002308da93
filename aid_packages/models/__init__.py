"""The nouns of the aid sector: needs and packages, partners and regions, allocations and what was spent."""

from aid_packages.models.advance import Advance
from aid_packages.models.advance_return import AdvanceReturn
from aid_packages.models.allocation import MOVES, Allocation, AllocationState
from aid_packages.models.area import Area
from aid_packages.models.clause import ClauseVersion
from aid_packages.models.document import DocumentSplit, DocumentState, EvidenceGrade, Settles, SpendingDocument
from aid_packages.models.need import Giving, Need, NeedState, Urgency
from aid_packages.models.package import AidPackage
from aid_packages.models.package_item import ItemKind, PackageItem
from aid_packages.models.partner import Partner, PartnerMember
from aid_packages.models.purchase import Purchase
from aid_packages.models.region import Region

__all__ = [
    "MOVES",
    "Advance",
    "AdvanceReturn",
    "AidPackage",
    "Allocation",
    "AllocationState",
    "Area",
    "ClauseVersion",
    "DocumentSplit",
    "DocumentState",
    "EvidenceGrade",
    "Giving",
    "ItemKind",
    "Need",
    "NeedState",
    "PackageItem",
    "Partner",
    "PartnerMember",
    "Purchase",
    "Region",
    "Settles",
    "SpendingDocument",
    "Urgency",
]
