"""What payments remembers. No personal data: the donor is a number, and stands in `donors`."""

from payments.models.call import CallOutcome, ProviderCall
from payments.models.charge import Charge, ChargeOutcome
from payments.models.cursor import Cursor
from payments.models.dispute import (
    Dispute,
    DisputeAct,
    DisputeActState,
    DisputeMovement,
    DisputeState,
    DisputeVerb,
    FraudWarning,
)
from payments.models.donation import Donation, DonationLine
from payments.models.event import EventState, ProviderEvent
from payments.models.lined_up import LinedUpGift
from payments.models.matter import MatterKind, StaffMatter
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
from payments.models.payout import Payout, PayoutPart, PayoutState
from payments.models.receipt import Receipt, ReceiptCounter
from payments.models.refund import Refund, RefundState
from payments.models.share_policy import ShareOutcome, SharePolicy, SharePolicyDecision
from payments.models.statement import GiftClaim, Statement, StatementLine, StatementReason
from payments.models.transition import DonationTransition, TransitionHandled
from payments.models.unmatched import UnmatchedPayment, UnmatchedReason
from payments.models.waiting_gift import WaitingGift

__all__ = [
    "BalanceMovement",
    "CallOutcome",
    "Charge",
    "ChargeOutcome",
    "Cursor",
    "Dispute",
    "DisputeAct",
    "DisputeActState",
    "DisputeMovement",
    "DisputeState",
    "DisputeVerb",
    "Donation",
    "DonationLine",
    "DonationTransition",
    "EventState",
    "FraudWarning",
    "GiftClaim",
    "LinedUpGift",
    "MatterKind",
    "MonthlyAct",
    "MonthlyGift",
    "MonthlyLine",
    "MonthlyMove",
    "MonthlyOccasion",
    "MonthlySubscription",
    "MonthlyTerms",
    "Payout",
    "PayoutPart",
    "PayoutState",
    "ProviderCall",
    "ProviderEvent",
    "Receipt",
    "ReceiptCounter",
    "Refund",
    "RefundState",
    "RenewalTrouble",
    "ScopedLink",
    "ShareOutcome",
    "SharePolicy",
    "SharePolicyDecision",
    "StaffMatter",
    "Statement",
    "StatementLine",
    "StatementReason",
    "TransitionHandled",
    "UnmatchedPayment",
    "UnmatchedReason",
    "WaitingGift",
]
