"""The port to whoever takes the payments: what we ask, what we are told, and how it can fail.

All sums are integers in minor units of the named currency (lower-case ISO 4217 at the boundary is folded to upper
case). All instants are aware and in UTC. Every answer is a frozen record of facts; deciding what they mean is the
business of `payments.operations`.
"""

from payments.provider.errors import (
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    UntrustedMessage,
)
from payments.provider.facts import (
    ChargeFacts,
    CheckoutFacts,
    DisputeFacts,
    EventFacts,
    FraudWarningFacts,
    InvoiceFacts,
    MethodFacts,
    MovementFacts,
    PaymentFacts,
    PayoutFacts,
    RefundFacts,
    SubscriptionFacts,
)
from payments.provider.port import (
    Provider,
)
from payments.provider.requests import (
    FIRST_HOUR_UTC,
    CheckoutLine,
    CheckoutRequest,
    MethodPageRequest,
    NewSubscription,
    RecurringRequest,
)
from payments.provider.words import (
    ChargeStatus,
    CheckoutStatus,
    DisputeStatus,
    EventTopic,
    InvoiceStatus,
    MovementKind,
    PaymentStatus,
    PayoutStatus,
    Recurrence,
    RefundStatus,
    SubscriptionStatus,
)

__all__ = [
    "FIRST_HOUR_UTC",
    "ChargeFacts",
    "ChargeStatus",
    "CheckoutFacts",
    "CheckoutLine",
    "CheckoutRequest",
    "CheckoutStatus",
    "DisputeFacts",
    "DisputeStatus",
    "EventFacts",
    "EventTopic",
    "FraudWarningFacts",
    "InvoiceFacts",
    "InvoiceStatus",
    "MethodFacts",
    "MethodPageRequest",
    "MovementFacts",
    "MovementKind",
    "NewSubscription",
    "PaymentFacts",
    "PaymentStatus",
    "PayoutFacts",
    "PayoutStatus",
    "Provider",
    "ProviderError",
    "ProviderRefused",
    "ProviderUnavailable",
    "Recurrence",
    "RecurringRequest",
    "RefundFacts",
    "RefundStatus",
    "SubscriptionFacts",
    "SubscriptionStatus",
    "UntrustedMessage",
]
