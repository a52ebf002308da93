"""Verbs: publishing packages, loading a catalogue, allocating and spending."""

from aid_packages.operations.advances import NoPartner, OverEnvelope, pay_advance, return_advance
from aid_packages.operations.agreements import (
    AgreementNumberTaken,
    BadAgreementDays,
    NoAgreement,
    OverCap,
    UnknownArea,
    end_agreement,
    record_agreement,
)
from aid_packages.operations.allocations import (
    BadPeriod,
    FundNotForAid,
    PurposeMissing,
    StillOpen,
    approve_allocation,
    close_allocation,
    draft_allocation,
    reject_allocation,
)
from aid_packages.operations.booking import BankShort, FundShort
from aid_packages.operations.catalogue_file import DEMO_CATALOGUE, CatalogueInvalid
from aid_packages.operations.covers import MoreThanLacking, NoDeficit, approve_cover, propose_cover, refuse_cover
from aid_packages.operations.decide_document import accept_document, answer_document, query_document, reject_document
from aid_packages.operations.documents import (
    BadFunders,
    BadShare,
    DuplicateDocument,
    Funder,
    NumberMissing,
    OtherPartner,
    OutsidePeriod,
    Split,
    record_document,
    record_purchase,
)
from aid_packages.operations.emergencies import (
    OverEmergencyCap,
    book_emergency,
    countersign_emergency,
    refuse_emergency,
)
from aid_packages.operations.grants import AttestationMissing, pay_grant
from aid_packages.operations.issuer import BadCountry, BadForeignId, BadNip
from aid_packages.operations.load_catalogue import Loaded, load_catalogue
from aid_packages.operations.members import OwnMembership, add_member, end_membership
from aid_packages.operations.pay_purchase import pay_purchase
from aid_packages.operations.payment_returns import return_payment
from aid_packages.operations.publish_package import DoesNotAddUp, NewItem, publish_package
from aid_packages.operations.redirects import (
    MoreThanOver,
    NothingOver,
    NotUpTheTree,
    approve_redirect,
    end_need,
    mark_told,
    propose_redirect,
    refuse_redirect,
)
from aid_packages.operations.refusals import (
    FutureEvent,
    NotPositive,
    PartOfPartner,
    RequestKeyReused,
    SamePerson,
    WrongState,
)
from aid_packages.operations.reversals import (
    approve_reversal,
    propose_document_reversal,
    propose_grant_reversal,
    refuse_reversal,
)

__all__ = [
    "DEMO_CATALOGUE",
    "AgreementNumberTaken",
    "AttestationMissing",
    "BadAgreementDays",
    "BadCountry",
    "BadForeignId",
    "BadFunders",
    "BadNip",
    "BadPeriod",
    "BadShare",
    "BankShort",
    "CatalogueInvalid",
    "DoesNotAddUp",
    "DuplicateDocument",
    "FundNotForAid",
    "FundShort",
    "Funder",
    "FutureEvent",
    "Loaded",
    "MoreThanLacking",
    "MoreThanOver",
    "NewItem",
    "NoAgreement",
    "NoDeficit",
    "NoPartner",
    "NotPositive",
    "NotUpTheTree",
    "NothingOver",
    "NumberMissing",
    "OtherPartner",
    "OutsidePeriod",
    "OverCap",
    "OverEmergencyCap",
    "OverEnvelope",
    "OwnMembership",
    "PartOfPartner",
    "PurposeMissing",
    "RequestKeyReused",
    "SamePerson",
    "Split",
    "StillOpen",
    "UnknownArea",
    "WrongState",
    "accept_document",
    "add_member",
    "answer_document",
    "approve_allocation",
    "approve_cover",
    "approve_redirect",
    "approve_reversal",
    "book_emergency",
    "close_allocation",
    "countersign_emergency",
    "draft_allocation",
    "end_agreement",
    "end_membership",
    "end_need",
    "load_catalogue",
    "mark_told",
    "pay_advance",
    "pay_grant",
    "pay_purchase",
    "propose_cover",
    "propose_document_reversal",
    "propose_grant_reversal",
    "propose_redirect",
    "publish_package",
    "query_document",
    "record_agreement",
    "record_document",
    "record_purchase",
    "refuse_cover",
    "refuse_emergency",
    "refuse_redirect",
    "refuse_reversal",
    "reject_allocation",
    "reject_document",
    "return_advance",
    "return_payment",
]
