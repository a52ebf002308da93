"""Stripe's subscriptions, invoices and payment methods as our frozen facts. The mappings are total."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import datetime

import stripe

from payments.provider import (
    ChargeFacts,
    InvoiceFacts,
    InvoiceStatus,
    MethodFacts,
    Recurrence,
    SubscriptionFacts,
    SubscriptionStatus,
)
from payments.stripe.words import MONTHLY_KEY, TERMS_KEY, UnknownWord, instant, known, own_ref, ref_of

SUBSCRIPTION_STATUS = {
    "incomplete": SubscriptionStatus.INCOMPLETE,
    "incomplete_expired": SubscriptionStatus.INCOMPLETE_EXPIRED,
    "trialing": SubscriptionStatus.TRIALING,
    "active": SubscriptionStatus.ACTIVE,
    "past_due": SubscriptionStatus.PAST_DUE,
    "unpaid": SubscriptionStatus.UNPAID,
    "canceled": SubscriptionStatus.CANCELLED,
    "paused": SubscriptionStatus.PAUSED,
}
INVOICE_STATUS = {
    "draft": InvoiceStatus.DRAFT,
    "open": InvoiceStatus.OPEN,
    "paid": InvoiceStatus.PAID,
    "void": InvoiceStatus.VOID,
    "uncollectible": InvoiceStatus.UNCOLLECTIBLE,
}
RECURRENCES = {("month", 1): Recurrence.MONTH, ("month", 3): Recurrence.QUARTER, ("year", 1): Recurrence.YEAR}
INTERVAL_OF = {recurrence: words for words, recurrence in RECURRENCES.items()}
MONTHS_OF = {Recurrence.MONTH: 1, Recurrence.QUARTER: 3, Recurrence.YEAR: 12}
STEPS_TO_A_LEAP_YEAR = 8
"""At most so many years lie between a 28 February and the next before it that had a 29th."""


def recurrence_of(price: stripe.Price) -> Recurrence:
    """How often a price comes again. Raises UnknownWord for what we never ask for."""
    recurring = price.recurring
    words = (recurring.interval, recurring.interval_count) if recurring is not None else None
    if words not in RECURRENCES:
        raise UnknownWord(what="price.recurring", word=str(words))
    return RECURRENCES[words]


def anchor_of(subscription: stripe.Subscription, recurrence: Recurrence) -> datetime:
    """The instant from which the months are counted.

    Stripe's own anchor can stand on the last day of a short month while its configuration says the 31st; then the
    anchor is moved back, by whole intervals, to a month that has the day, so that one arithmetic fits both.
    """
    anchor = instant(subscription.billing_cycle_anchor)
    config = subscription.billing_cycle_anchor_config
    if config is None or config.day_of_month <= anchor.day:
        return anchor
    step, best = MONTHS_OF[recurrence], anchor
    for turn in range(1, 12 * STEPS_TO_A_LEAP_YEAR // step + 1):
        year, month = divmod(anchor.year * 12 + anchor.month - 1 - turn * step, 12)
        day = min(config.day_of_month, monthrange(year, month + 1)[1])
        if day > best.day:
            best = anchor.replace(year=year, month=month + 1, day=day)
        if day == config.day_of_month:
            break
    return best


def subscription_facts(subscription: stripe.Subscription) -> SubscriptionFacts:
    """A subscription with its one item; its payment method expanded or not."""
    item = subscription["items"].data[0]
    recurrence = recurrence_of(item.price)
    pause = subscription.pause_collection
    method = subscription.default_payment_method
    return SubscriptionFacts(
        ref=subscription.id,
        status=known(SUBSCRIPTION_STATUS, subscription.status, "subscription.status"),
        monthly_ref=own_ref(subscription.metadata, MONTHLY_KEY),
        terms_ref=own_ref(subscription.metadata, TERMS_KEY),
        customer_ref=ref_of(subscription.customer),
        item_ref=item.id,
        amount_minor=(item.price.unit_amount or 0) * (item.quantity or 1),
        currency=subscription.currency.upper(),
        recurrence=recurrence,
        anchor_at=anchor_of(subscription, recurrence),
        created_at=instant(subscription.created),
        period_start=instant(item.current_period_start),
        period_end=instant(item.current_period_end),
        trial_end=_instant_or_none(subscription.trial_end),
        paused=pause is not None,
        resumes_at=_instant_or_none(pause.resumes_at) if pause is not None else None,
        cancel_at_period_end=subscription.cancel_at_period_end,
        cancelled_at=_instant_or_none(subscription.canceled_at),
        ended_at=_instant_or_none(subscription.ended_at),
        method=method_facts(method) if isinstance(method, stripe.PaymentMethod) else None,
        latest_invoice_ref=ref_of(subscription.latest_invoice),
        livemode=subscription.livemode,
    )


def method_facts(method: stripe.PaymentMethod) -> MethodFacts:
    """A payment method: of a card only what is shown to its owner."""
    card = method.card
    return MethodFacts(
        ref=method.id,
        kind=method.type,
        brand=card.brand if card is not None else "",
        last4=card.last4 if card is not None else "",
        expires=card.exp_year * 100 + card.exp_month if card is not None else None,
    )


def invoice_facts(
    invoice: stripe.Invoice, *, charges: Iterable[ChargeFacts] = (), needs_donor: bool = False
) -> InvoiceFacts:
    """An invoice; `charges` and `needs_donor` are read from its payments by whoever fetched them."""
    parent = invoice.parent.subscription_details if invoice.parent is not None else None
    metadata = parent.metadata if parent is not None else None
    start, end = _period(invoice)
    return InvoiceFacts(
        ref=invoice.id,
        status=known(INVOICE_STATUS, invoice.status, "invoice.status"),
        subscription_ref=ref_of(parent.subscription) if parent is not None else "",
        monthly_ref=own_ref(metadata, MONTHLY_KEY),
        terms_ref=own_ref(metadata, TERMS_KEY),
        customer_ref=ref_of(invoice.customer),
        amount_due_minor=invoice.amount_due,
        amount_paid_minor=invoice.amount_paid,
        currency=invoice.currency.upper(),
        period_start=instant(start),
        period_end=instant(end),
        created_at=instant(invoice.created),
        paid_at=_instant_or_none(invoice.status_transitions.paid_at),
        attempts=invoice.attempt_count,
        next_try_at=_instant_or_none(invoice.next_payment_attempt),
        needs_donor=needs_donor,
        charges=tuple(charges),
        livemode=invoice.livemode,
    )


def intents_of(invoice: stripe.Invoice) -> list[stripe.PaymentIntent]:
    """The payments of an invoice that was fetched with them."""
    payments = invoice.payments.data if invoice.payments is not None else []
    found = [row.payment.payment_intent for row in payments]
    return [intent for intent in found if isinstance(intent, stripe.PaymentIntent)]


def _period(invoice: stripe.Invoice) -> tuple[int, int]:
    """The period that is paid for: the invoice's own dates are those of the period before."""
    periods = [(line.period.start, line.period.end) for line in invoice.lines.data]
    return max(periods, default=(invoice.period_start, invoice.period_end))


def _instant_or_none(seconds: int | None) -> datetime | None:
    return None if seconds is None else instant(seconds)
