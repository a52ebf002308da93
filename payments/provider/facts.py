"""What we are told: frozen records of facts. Sums are integers in minor units, instants aware and in UTC."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

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


@dataclass(frozen=True)
class MovementFacts:
    """One row of the provider's own books. `net_minor` is what our balance there changed by."""

    ref: str
    kind: MovementKind
    category: str  # the provider's own word, kept for staff
    amount_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    source_ref: str  # the charge, refund or payout behind it; "" when there is none
    created_at: datetime
    available_on: datetime
    rate: Decimal | None = None
    """What a minor unit of the source's currency was worth in ours; None where nothing was exchanged."""


@dataclass(frozen=True)
class DisputeFacts:
    """A dispute with all it did to our balance, oldest first. `amount_minor` is in the charge's currency."""

    ref: str
    status: DisputeStatus
    amount_minor: int
    currency: str
    charge_ref: str
    reason: str  # the provider's own word
    created_at: datetime
    answer_by: datetime | None
    answers: int  # how often evidence was handed in
    livemode: bool
    movements: tuple[MovementFacts, ...]


@dataclass(frozen=True)
class PayoutFacts:
    """A payout. `reconciled` says that its parts can be listed; one by hand (`automatic` False) never is."""

    ref: str
    status: PayoutStatus
    amount_minor: int
    currency: str
    automatic: bool
    arrives_on: date
    created_at: datetime
    reconciled: bool
    failure: str
    livemode: bool
    movement: MovementFacts | None
    failure_movement: MovementFacts | None


@dataclass(frozen=True)
class FraudWarningFacts:
    """A bank's warning about a charge. `actionable` while it is neither disputed nor given back."""

    ref: str
    charge_ref: str
    kind: str  # the provider's own word
    actionable: bool
    created_at: datetime
    livemode: bool


@dataclass(frozen=True)
class ChargeFacts:
    """One attempt to take money. `movement` is None until the provider has booked it."""

    ref: str
    status: ChargeStatus
    amount_minor: int
    currency: str
    created_at: datetime
    livemode: bool
    payment_ref: str
    donation_ref: str  # our own id, as we sent it; "" when the charge carries none
    method: str
    movement: MovementFacts | None
    invoice_ref: str = ""
    """The renewal that it paid; "" for a gift given once, and where nobody looked."""


@dataclass(frozen=True)
class PaymentFacts:
    """A payment with its latest charge. `last_failed` is True when the last attempt was refused."""

    ref: str
    status: PaymentStatus
    donation_ref: str
    livemode: bool
    last_failed: bool
    charge: ChargeFacts | None
    invoice_ref: str = ""
    """As a charge's."""


@dataclass(frozen=True)
class CheckoutFacts:
    """A hosted payment page with its payment, if one was begun."""

    ref: str
    status: CheckoutStatus
    paid: bool
    url: str | None
    amount_minor: int
    currency: str
    donation_ref: str
    livemode: bool
    created_at: datetime
    expires_at: datetime
    payment: PaymentFacts | None
    monthly_ref: str = ""
    """Our monthly gift's id, when this page begins one or keeps a way to pay for it."""
    subscription_ref: str = ""
    customer_ref: str = ""
    keeps_method: bool = False
    """Whether this page was opened to keep a way to pay, and takes nothing."""
    method_ref: str = ""
    """The way to pay that was kept, when this page was opened for that (`open_method_page`) and is complete."""


@dataclass(frozen=True)
class RefundFacts:
    """A refund. `own_ref` is our refund's id as we sent it; "" when it was made in the provider's own desk."""

    ref: str
    status: RefundStatus
    amount_minor: int
    currency: str
    charge_ref: str
    own_ref: str
    created_at: datetime
    failure_reason: str
    movement: MovementFacts | None
    failure_movement: MovementFacts | None


@dataclass(frozen=True)
class EventFacts:
    """A notice that something changed. It is only a trigger: the object itself is fetched anew."""

    ref: str
    type: str  # the provider's own word
    topic: EventTopic
    object_ref: str
    created_at: datetime
    livemode: bool
    ignored_because: str  # "" unless topic is NONE


@dataclass(frozen=True)
class MethodFacts:
    """A kept way to pay. Of a card only its brand, last digits and last month, to be shown and not kept."""

    ref: str
    kind: str  # the provider's word: card, blik, ...
    brand: str
    last4: str
    expires: int | None  # 202712


@dataclass(frozen=True)
class SubscriptionFacts:
    """A gift that comes again, as the provider has it. `anchor_at` is what it counts its months from."""

    ref: str
    status: SubscriptionStatus
    monthly_ref: str
    terms_ref: str
    customer_ref: str
    item_ref: str
    amount_minor: int  # of one renewal
    currency: str
    recurrence: Recurrence
    anchor_at: datetime
    created_at: datetime
    period_start: datetime
    period_end: datetime  # the next renewal, unless it is paused or ended
    trial_end: datetime | None
    paused: bool
    resumes_at: datetime | None
    cancel_at_period_end: bool
    cancelled_at: datetime | None
    ended_at: datetime | None
    method: MethodFacts | None
    latest_invoice_ref: str
    livemode: bool


@dataclass(frozen=True)
class InvoiceFacts:
    """One renewal. `metadata` references are those that stood when it was made; `payments` are its charges so far."""

    ref: str
    status: InvoiceStatus
    subscription_ref: str
    monthly_ref: str
    terms_ref: str
    customer_ref: str
    amount_due_minor: int
    amount_paid_minor: int
    currency: str
    period_start: datetime  # of the period that is paid for
    period_end: datetime
    created_at: datetime
    paid_at: datetime | None
    attempts: int
    next_try_at: datetime | None
    needs_donor: bool  # the bank wants the donor's confirmation
    charges: tuple[ChargeFacts, ...]
    livemode: bool
