"""The nouns of the aid sector: needs and packages, partners and regions, allocations and what was spent."""

from aid_packages.models.advance import Advance
from aid_packages.models.advance_return import AdvanceReturn
from aid_packages.models.agreement import Agreement, AgreementEnd
from aid_packages.models.allocation import MOVES, SETTLING, SPENDABLE, Allocation, AllocationState
from aid_packages.models.area import Area
from aid_packages.models.clause import ClauseVersion
from aid_packages.models.countersignature import Countersignature, CountersignOutcome
from aid_packages.models.document import DocumentSplit, DocumentState, EvidenceGrade, Settles, SpendingDocument
from aid_packages.models.document_funder import DocumentFunder
from aid_packages.models.grant import Grant
from aid_packages.models.loss_cover import LossCover
from aid_packages.models.need import Giving, Need, NeedState, Urgency
from aid_packages.models.package import AidPackage
from aid_packages.models.package_item import ItemKind, PackageItem
from aid_packages.models.partner import Partner, PartnerMember
from aid_packages.models.payment_return import PaymentReturn
from aid_packages.models.proposal import Proposal, ProposalState
from aid_packages.models.purchase import Payee, Purchase
from aid_packages.models.redirect import Redirect, RedirectReason, RedirectTold
from aid_packages.models.region import Region, RegionCode
from aid_packages.models.reversal import SpendingReversal

__all__ = [
    "MOVES",
    "SETTLING",
    "SPENDABLE",
    "Advance",
    "AdvanceReturn",
    "Agreement",
    "AgreementEnd",
    "AidPackage",
    "Allocation",
    "AllocationState",
    "Area",
    "ClauseVersion",
    "CountersignOutcome",
    "Countersignature",
    "DocumentFunder",
    "DocumentSplit",
    "DocumentState",
    "EvidenceGrade",
    "Giving",
    "Grant",
    "ItemKind",
    "LossCover",
    "Need",
    "NeedState",
    "PackageItem",
    "Partner",
    "PartnerMember",
    "Payee",
    "PaymentReturn",
    "Proposal",
    "ProposalState",
    "Purchase",
    "Redirect",
    "RedirectReason",
    "RedirectTold",
    "Region",
    "RegionCode",
    "Settles",
    "SpendingDocument",
    "SpendingReversal",
    "Urgency",
]
