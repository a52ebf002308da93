"""Verbs: naming items, taking goods in, moving stock, handing on, writing down services."""

from aid_packages.deliveries.operations.deliveries import Handed, NothingHanded, record_delivery, take_back_delivery
from aid_packages.deliveries.operations.items import (
    BadItemCode,
    ItemTaken,
    NoSuchPart,
    TitleMissing,
    name_item,
    tie_to_package,
    untie,
)
from aid_packages.deliveries.operations.lots import (
    BadUseBy,
    NoDocument,
    OtherFund,
    OverDocument,
    buy_lot,
    receive_in_kind,
    take_back_lot,
)
from aid_packages.deliveries.operations.papers import PaperStands, put_on_document
from aid_packages.deliveries.operations.refusals import (
    AlreadyTakenBack,
    BadPeople,
    BadUnits,
    FutureWeek,
    NotEnough,
    OtherPurpose,
    UnknownItem,
    UnknownNeed,
    UnknownRegion,
    WeekNotOver,
    WeekTooEarly,
)
from aid_packages.deliveries.operations.services import record_service, take_back_service
from aid_packages.deliveries.operations.stock import release, reserve, take_back_move, write_off

__all__ = [
    "AlreadyTakenBack",
    "BadItemCode",
    "BadPeople",
    "BadUnits",
    "BadUseBy",
    "FutureWeek",
    "Handed",
    "ItemTaken",
    "NoDocument",
    "NoSuchPart",
    "NotEnough",
    "NothingHanded",
    "OtherFund",
    "OtherPurpose",
    "OverDocument",
    "PaperStands",
    "TitleMissing",
    "UnknownItem",
    "UnknownNeed",
    "UnknownRegion",
    "WeekNotOver",
    "WeekTooEarly",
    "buy_lot",
    "name_item",
    "put_on_document",
    "receive_in_kind",
    "record_delivery",
    "record_service",
    "release",
    "reserve",
    "take_back_delivery",
    "take_back_lot",
    "take_back_move",
    "take_back_service",
    "tie_to_package",
    "untie",
    "write_off",
]
