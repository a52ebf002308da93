"""What payments remembers. No personal data: the donor is a number, and stands in `donors`."""

from payments.models.call import CallOutcome, ProviderCall
from payments.models.charge import Charge, ChargeOutcome
from payments.models.cursor import Cursor
from payments.models.donation import Donation, DonationLine
from payments.models.event import EventState, ProviderEvent
from payments.models.lined_up import LinedUpGift
from payments.models.monthly import (
    MonthlyAct,
    MonthlyGift,
    MonthlyLine,
    MonthlyMove,
    MonthlyOccasion,
    MonthlySubscription,
    MonthlyTerms,
    RenewalTrouble,
    ScopedLink,
)
from payments.models.movement import BalanceMovement
from payments.models.receipt import Receipt, ReceiptCounter
from payments.models.refund import Refund, RefundState
from payments.models.statement import GiftClaim, Statement, StatementLine, StatementReason
from payments.models.transition import DonationTransition, TransitionHandled
from payments.models.unmatched import UnmatchedPayment, UnmatchedReason

__all__ = [
    "BalanceMovement",
    "CallOutcome",
    "Charge",
    "ChargeOutcome",
    "Cursor",
    "Donation",
    "DonationLine",
    "DonationTransition",
    "EventState",
    "GiftClaim",
    "LinedUpGift",
    "MonthlyAct",
    "MonthlyGift",
    "MonthlyLine",
    "MonthlyMove",
    "MonthlyOccasion",
    "MonthlySubscription",
    "MonthlyTerms",
    "ProviderCall",
    "ProviderEvent",
    "Receipt",
    "ReceiptCounter",
    "Refund",
    "RefundState",
    "RenewalTrouble",
    "ScopedLink",
    "Statement",
    "StatementLine",
    "StatementReason",
    "TransitionHandled",
    "UnmatchedPayment",
    "UnmatchedReason",
]
