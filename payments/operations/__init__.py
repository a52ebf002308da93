"""What can be done with donations. These names are the contract with the rooms above."""

from payments.fee import cover_fee_for
from payments.operations.book_movement import NotInOurCurrency, book_by_hand
from payments.operations.cancel import cancel_checkout
from payments.operations.compare import Comparison, compare_with_provider
from payments.operations.disputes import (
    AnswerMissing,
    DisputeActReused,
    NotAnswerable,
    accept_loss,
    answer_dispute,
)
from payments.operations.inbox import Received, receive_webhook
from payments.operations.issue import issue_receipt
from payments.operations.mails import follow_moves
from payments.operations.matters import MatterClosed, resolve_matter
from payments.operations.missed import fetch_missed_events
from payments.operations.process import process_event
from payments.operations.receipts import receipt_pdf
from payments.operations.refund import (
    GiftIsDisputed,
    NothingToRefund,
    OverRefund,
    RequestReused,
    refund_donation,
    refund_unmatched,
)
from payments.operations.settle import settle
from payments.operations.start import (
    FrozenLine,
    IntentReused,
    MonthlyPart,
    ShareChanged,
    Started,
    TotalChanged,
    start_donation,
)
from payments.operations.sweep import Swept, sweep
from payments.provider import ProviderError, ProviderRefused, ProviderUnavailable, UntrustedMessage
from payments.queries.transitions import mark_handled
from payments.states import DonationState

__all__ = [
    "AnswerMissing",
    "Comparison",
    "DisputeActReused",
    "DonationState",
    "FrozenLine",
    "GiftIsDisputed",
    "IntentReused",
    "MatterClosed",
    "MonthlyPart",
    "NotAnswerable",
    "NotInOurCurrency",
    "NothingToRefund",
    "OverRefund",
    "ProviderError",
    "ProviderRefused",
    "ProviderUnavailable",
    "Received",
    "RequestReused",
    "ShareChanged",
    "Started",
    "Swept",
    "TotalChanged",
    "UntrustedMessage",
    "accept_loss",
    "answer_dispute",
    "book_by_hand",
    "cancel_checkout",
    "compare_with_provider",
    "cover_fee_for",
    "fetch_missed_events",
    "follow_moves",
    "issue_receipt",
    "mark_handled",
    "process_event",
    "receipt_pdf",
    "receive_webhook",
    "refund_donation",
    "refund_unmatched",
    "resolve_matter",
    "settle",
    "start_donation",
    "sweep",
]
