"""The port to whoever takes the payments: what we ask, what we are told, and how it can fail.

All sums are integers in minor units of the named currency (lower-case ISO 4217 at the boundary is folded to upper
case). All instants are aware and in UTC. Every answer is a frozen record of facts; deciding what they mean is the
business of `payments.operations`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from payments.failures import TELLINGS, FailureKind, Telling


class CheckoutStatus(Enum):
    """Where a hosted payment page stands."""

    OPEN = "open"  # the donor can still pay on it
    COMPLETE = "complete"  # the donor went through it; the money may still be on its way
    EXPIRED = "expired"  # nobody can pay on it any more


class PaymentStatus(Enum):
    """Where a payment stands."""

    NEEDS_METHOD = "needs_method"  # no way to pay was chosen yet, or the last one failed
    NEEDS_DONOR = "needs_donor"  # the donor has to confirm, for example at the bank
    PROCESSING = "processing"  # the bank is working on it
    AUTHORISED = "authorised"  # reserved but not taken
    SUCCEEDED = "succeeded"  # the money is ours
    CANCELLED = "cancelled"  # it will never be taken


class ChargeStatus(Enum):
    """Where one attempt to take money stands."""

    PENDING = "pending"  # not decided
    SUCCEEDED = "succeeded"  # taken
    FAILED = "failed"  # not taken


class RefundStatus(Enum):
    """Where a refund stands."""

    PENDING = "pending"  # on its way to the donor
    NEEDS_DONOR = "needs_donor"  # the donor has to say where it should go
    SUCCEEDED = "succeeded"  # handed to the donor's bank
    FAILED = "failed"  # came back to us
    CANCELLED = "cancelled"  # stopped before it left


class MovementKind(Enum):
    """What moved the balance that the provider holds for us."""

    CHARGE = "charge"  # a donor paid
    REFUND = "refund"  # money went back to a donor
    REFUND_FAILED = "refund_failed"  # a refund came back to us
    FEE = "fee"  # the provider took a fee of its own accord
    PAYOUT = "payout"  # money went to our bank, or came back from it
    DISPUTE = "dispute"  # a bank took money back, or returned it
    OTHER = "other"  # anything else; shown to staff by the provider's own name


class EventTopic(Enum):
    """Which object an event asks us to look at."""

    CHECKOUT = "checkout"  # a hosted payment page
    PAYMENT = "payment"  # a payment
    CHARGE = "charge"  # a charge
    REFUND = "refund"  # a refund
    NONE = "none"  # nothing we act on


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


@dataclass(frozen=True)
class PaymentFacts:
    """A payment with its latest charge. `last_failed` is True when the last attempt was refused."""

    ref: str
    status: PaymentStatus
    donation_ref: str
    livemode: bool
    last_failed: bool
    charge: ChargeFacts | None


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
class CheckoutLine:
    """One row on the payment page."""

    title: str
    unit_minor: int
    quantity: int


@dataclass(frozen=True)
class CheckoutRequest:
    """What the hosted payment page is made of: nothing but what was stored before, so that it can be sent again."""

    donation_ref: str
    lines: tuple[CheckoutLine, ...]
    currency: str
    description: str
    language: str
    success_url: str
    cancel_url: str
    expires_at: datetime


class ProviderError(Exception):
    """Asking the provider failed. Carries the kind, the provider's code and its request id; never personal data."""

    def __init__(self, *, kind: FailureKind, code: str = "", parameter: str = "", request_ref: str = "") -> None:
        self.kind = kind
        self.code = code
        self.parameter = parameter
        self.request_ref = request_ref
        super().__init__(f"{kind.value} code={code or '-'} parameter={parameter or '-'} request={request_ref or '-'}")

    @property
    def telling(self) -> Telling:
        """What the donor and the operator are told, and whether it was to be expected."""
        return TELLINGS[self.kind]


class ProviderUnavailable(ProviderError):
    """No usable answer. What was asked may have happened: ask again later with the same key. To be expected."""


class ProviderRefused(ProviderError):
    """A clear no: what was asked has not happened and will not."""


class UntrustedMessage(ProviderRefused):
    """A webhook body that is junk, stale, wrongly signed, or meant for another account or mode. To be expected."""

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(kind=FailureKind.UNTRUSTED_MESSAGE, code=reason)


class Provider(Protocol):
    """Every method may raise ProviderUnavailable or ProviderRefused, and is never called in a database transaction."""

    def open_checkout(self, *, request: CheckoutRequest, idempotency_key: str) -> CheckoutFacts:
        """Open a hosted payment page. The same key gives the same page."""
        ...

    def fetch_checkout(self, *, ref: str) -> CheckoutFacts:
        """The page as it is now, with its payment, charge and balance movement."""
        ...

    def expire_checkout(self, *, ref: str) -> CheckoutFacts:
        """Close an open page. ProviderRefused when it is no longer open."""
        ...

    def list_checkouts(self, *, created_since: datetime) -> Iterator[CheckoutFacts]:
        """Pages opened since then, newest first, without their payments' details."""
        ...

    def fetch_payment(self, *, ref: str) -> PaymentFacts:
        """A payment with its latest charge."""
        ...

    def fetch_charge(self, *, ref: str) -> ChargeFacts:
        """A charge with its balance movement."""
        ...

    def refund(self, *, charge_ref: str, amount_minor: int, own_ref: str, idempotency_key: str) -> RefundFacts:
        """Give back `amount_minor` of a charge. The same key gives the same refund."""
        ...

    def fetch_refund(self, *, ref: str) -> RefundFacts:
        """A refund with its balance movements."""
        ...

    def list_refunds(self, *, charge_ref: str) -> Iterator[RefundFacts]:
        """All refunds of a charge, newest first."""
        ...

    def list_movements(self, *, created_since: datetime) -> Iterator[MovementFacts]:
        """The provider's own books since then, newest first."""
        ...

    def list_undelivered_events(self, *, after: str) -> Iterator[EventFacts]:
        """Events that no webhook of ours acknowledged, oldest first, newer than event `after` ("" for all it keeps)."""
        ...

    def read_webhook(self, *, body: bytes, signature: str, now: datetime) -> EventFacts:
        """Verify and read a webhook's raw body. Raises UntrustedMessage, whatever the body is."""
        ...
