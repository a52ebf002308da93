"""Verbs: publishing packages, loading a catalogue, allocating and spending."""

from aid_packages.operations.advances import NoPartner, OverEnvelope, pay_advance, return_advance
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
from aid_packages.operations.decide_document import accept_document, query_document, reject_document
from aid_packages.operations.documents import (
    BadNip,
    BadShare,
    DuplicateDocument,
    NumberMissing,
    OtherPartner,
    OutsidePeriod,
    Split,
    record_document,
    record_purchase,
)
from aid_packages.operations.load_catalogue import Loaded, load_catalogue
from aid_packages.operations.pay_purchase import pay_purchase
from aid_packages.operations.publish_package import DoesNotAddUp, NewItem, publish_package
from aid_packages.operations.refusals import (
    FutureEvent,
    NotPositive,
    PartOfPartner,
    RequestKeyReused,
    SamePerson,
    WrongState,
)

__all__ = [
    "DEMO_CATALOGUE",
    "BadNip",
    "BadPeriod",
    "BadShare",
    "BankShort",
    "CatalogueInvalid",
    "DoesNotAddUp",
    "DuplicateDocument",
    "FundNotForAid",
    "FundShort",
    "FutureEvent",
    "Loaded",
    "NewItem",
    "NoPartner",
    "NotPositive",
    "NumberMissing",
    "OtherPartner",
    "OutsidePeriod",
    "OverEnvelope",
    "PartOfPartner",
    "PurposeMissing",
    "RequestKeyReused",
    "SamePerson",
    "Split",
    "StillOpen",
    "WrongState",
    "accept_document",
    "approve_allocation",
    "close_allocation",
    "draft_allocation",
    "load_catalogue",
    "pay_advance",
    "pay_purchase",
    "publish_package",
    "query_document",
    "record_document",
    "record_purchase",
    "reject_allocation",
    "reject_document",
    "return_advance",
]
