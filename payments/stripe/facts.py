"""Stripe's objects as our frozen facts. The mappings are total: an unknown word raises."""

from dataclasses import replace
from decimal import Decimal

import stripe
from stripe import checkout

from payments.provider import (
    ChargeFacts,
    ChargeStatus,
    CheckoutFacts,
    CheckoutStatus,
    MovementFacts,
    PaymentFacts,
    PaymentStatus,
    RefundFacts,
    RefundStatus,
)
from payments.stripe.movements import movement_kind
from payments.stripe.words import DONATION_KEY, MONTHLY_KEY, REFUND_KEY, UnknownWord, instant, known, own_ref, ref_of

__all__ = ["UnknownWord", "charge_facts", "checkout_facts", "movement_facts", "payment_facts", "refund_facts"]

CHECKOUT_STATUS = {
    "open": CheckoutStatus.OPEN,
    "complete": CheckoutStatus.COMPLETE,
    "expired": CheckoutStatus.EXPIRED,
}
PAYMENT_STATUS = {
    "requires_payment_method": PaymentStatus.NEEDS_METHOD,
    "requires_confirmation": PaymentStatus.NEEDS_DONOR,
    "requires_action": PaymentStatus.NEEDS_DONOR,
    "processing": PaymentStatus.PROCESSING,
    "requires_capture": PaymentStatus.AUTHORISED,
    "succeeded": PaymentStatus.SUCCEEDED,
    "canceled": PaymentStatus.CANCELLED,
}
CHARGE_STATUS = {
    "pending": ChargeStatus.PENDING,
    "succeeded": ChargeStatus.SUCCEEDED,
    "failed": ChargeStatus.FAILED,
}
REFUND_STATUS = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.NEEDS_DONOR,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.CANCELLED,
}


def movement_facts(value: object) -> MovementFacts | None:
    """An expanded balance transaction; None while Stripe has not booked it, or where it was not expanded."""
    if not isinstance(value, stripe.BalanceTransaction):
        return None
    return MovementFacts(
        ref=value.id,
        kind=movement_kind(value.type, category=value.reporting_category),
        category=value.reporting_category,
        amount_minor=value.amount,
        fee_minor=value.fee,
        net_minor=value.net,
        currency=value.currency.upper(),
        source_ref=ref_of(value.source),
        created_at=instant(value.created),
        available_on=instant(value.available_on),
        # by its text: the SDK reads a float, whose own digits are not the rate's
        rate=None if value.exchange_rate is None else Decimal(str(value.exchange_rate)),
    )


def charge_facts(charge: stripe.Charge, *, invoice_ref: str = "") -> ChargeFacts:
    """A charge, its payment expanded or not. It doesn't say which invoice it paid: whoever looked that up does."""
    payment = charge.payment_intent
    donation_ref = own_ref(charge.metadata, DONATION_KEY)
    if not donation_ref and isinstance(payment, stripe.PaymentIntent):
        donation_ref = own_ref(payment.metadata, DONATION_KEY)
    details = charge.payment_method_details
    return ChargeFacts(
        ref=charge.id,
        status=known(CHARGE_STATUS, charge.status, "charge.status"),
        amount_minor=charge.amount_captured,
        currency=charge.currency.upper(),
        created_at=instant(charge.created),
        livemode=charge.livemode,
        payment_ref=ref_of(payment),
        donation_ref=donation_ref,
        method=str(getattr(details, "type", "") or ""),
        movement=movement_facts(charge.balance_transaction),
        invoice_ref=invoice_ref,
    )


def payment_facts(payment: stripe.PaymentIntent, *, invoice_ref: str = "") -> PaymentFacts:
    """A payment with its latest charge expanded."""
    charge = payment.latest_charge
    facts = charge_facts(charge, invoice_ref=invoice_ref) if isinstance(charge, stripe.Charge) else None
    donation_ref = own_ref(payment.metadata, DONATION_KEY)
    if facts is not None and not facts.donation_ref:
        facts = replace(facts, donation_ref=donation_ref)
    return PaymentFacts(
        ref=payment.id,
        status=known(PAYMENT_STATUS, payment.status, "payment_intent.status"),
        donation_ref=donation_ref,
        livemode=payment.livemode,
        last_failed=payment.last_payment_error is not None,
        charge=facts,
        invoice_ref=invoice_ref,
    )


def checkout_facts(session: checkout.Session) -> CheckoutFacts:
    """A Checkout session, its payment expanded or not."""
    payment = session.payment_intent
    setup = session.setup_intent
    method = setup.payment_method if isinstance(setup, stripe.SetupIntent) else None
    return CheckoutFacts(
        ref=session.id,
        status=known(CHECKOUT_STATUS, session.status, "checkout.session.status"),
        paid=session.payment_status == "paid",
        url=session.url,
        amount_minor=session.amount_total or 0,
        currency=(session.currency or "").upper(),
        donation_ref=(session.client_reference_id or "") if session.mode == "payment" else "",
        livemode=session.livemode,
        created_at=instant(session.created),
        expires_at=instant(session.expires_at),
        payment=payment_facts(payment) if isinstance(payment, stripe.PaymentIntent) else None,
        monthly_ref=own_ref(session.metadata, MONTHLY_KEY),
        subscription_ref=ref_of(session.subscription),
        customer_ref=ref_of(session.customer),
        keeps_method=session.mode == "setup",
        method_ref=ref_of(method) if session.status == "complete" else "",
    )


def refund_facts(refund: stripe.Refund) -> RefundFacts:
    """A refund with its balance transactions expanded."""
    return RefundFacts(
        ref=refund.id,
        status=known(REFUND_STATUS, refund.status, "refund.status"),
        amount_minor=refund.amount,
        currency=refund.currency.upper(),
        charge_ref=ref_of(refund.charge),
        own_ref=own_ref(refund.metadata, REFUND_KEY),
        created_at=instant(refund.created),
        failure_reason=str(getattr(refund, "failure_reason", None) or ""),
        movement=movement_facts(refund.balance_transaction),
        failure_movement=movement_facts(getattr(refund, "failure_balance_transaction", None)),
    )
