"""The words in which the port speaks: where things stand there, and what kind they are."""

from enum import Enum


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


class DisputeStatus(Enum):
    """Where a dispute stands."""

    INQUIRY = "inquiry"  # the bank asks, and has taken nothing
    INQUIRY_REVIEW = "inquiry_review"  # it reads our answer, and has taken nothing
    INQUIRY_CLOSED = "inquiry_closed"  # nothing was taken
    NEEDS_RESPONSE = "needs_response"  # the money was taken; an answer is due
    UNDER_REVIEW = "under_review"  # we answered; the bank decides
    WON = "won"  # the money comes back
    LOST = "lost"  # the money stays with the donor
    PREVENTED = "prevented"  # ended by the provider before it began


class PayoutStatus(Enum):
    """Where a payout stands."""

    PENDING = "pending"  # not yet with the bank
    IN_TRANSIT = "in_transit"  # handed to the bank
    PAID = "paid"  # on our account; can still come back
    FAILED = "failed"  # came back
    CANCELLED = "cancelled"  # stopped before it left


class MovementKind(Enum):
    """What moved the balance that the provider holds for us."""

    CHARGE = "charge"  # a donor paid
    REFUND = "refund"  # money went back to a donor
    REFUND_FAILED = "refund_failed"  # a refund came back to us
    FEE = "fee"  # the provider took a fee of its own accord
    PAYOUT = "payout"  # money went to our bank, or came back from it
    DISPUTE = "dispute"  # a donor's bank took money back, or returned it
    OTHER = "other"  # anything else; shown to staff by the provider's own name


class EventTopic(Enum):
    """Which object an event asks us to look at."""

    CHECKOUT = "checkout"  # a hosted payment page
    SUBSCRIPTION = "subscription"  # a gift that comes again
    INVOICE = "invoice"  # one renewal of it
    METHOD = "method"  # a kept way to pay
    PAYMENT = "payment"  # a payment
    CHARGE = "charge"  # a charge
    REFUND = "refund"  # a refund
    DISPUTE = "dispute"  # a donor's bank asks for a payment back
    PAYOUT = "payout"  # money on its way to our bank
    FRAUD = "fraud"  # a bank warns that a payment was probably fraud
    NONE = "none"  # nothing we act on


class SubscriptionStatus(Enum):
    """Where a gift that comes again stands at the provider: its eight words."""

    INCOMPLETE = "incomplete"  # the first payment was not confirmed yet
    INCOMPLETE_EXPIRED = "incomplete_expired"  # and will not be
    TRIALING = "trialing"  # the first payment is taken on a later day
    ACTIVE = "active"  # all is well
    PAST_DUE = "past_due"  # the last payment failed and is tried again
    UNPAID = "unpaid"  # it failed and is not tried again by itself
    CANCELLED = "cancelled"  # nothing is taken any more
    PAUSED = "paused"  # stopped for want of a way to pay


class InvoiceStatus(Enum):
    """Where one renewal stands."""

    DRAFT = "draft"  # being made
    OPEN = "open"  # to be paid
    PAID = "paid"  # paid
    VOID = "void"  # will not be paid: skipped, paused or ended
    UNCOLLECTIBLE = "uncollectible"  # given up


class Recurrence(Enum):
    """How often it comes again."""

    MONTH = "month"  # every month
    QUARTER = "quarter"  # every three months
    YEAR = "year"  # every year
