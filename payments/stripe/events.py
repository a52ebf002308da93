"""Which of Stripe's events we act on, and why not on the others."""

import stripe

from payments.provider import EventFacts, EventTopic
from payments.stripe.words import instant, ref_of

TOPICS: dict[str, EventTopic] = {
    "checkout.session.completed": EventTopic.CHECKOUT,
    "checkout.session.async_payment_succeeded": EventTopic.CHECKOUT,
    "checkout.session.async_payment_failed": EventTopic.CHECKOUT,
    "checkout.session.expired": EventTopic.CHECKOUT,
    "payment_intent.succeeded": EventTopic.PAYMENT,
    "payment_intent.payment_failed": EventTopic.PAYMENT,
    "charge.updated": EventTopic.CHARGE,
    "charge.refunded": EventTopic.CHARGE,
    "refund.created": EventTopic.REFUND,
    "refund.updated": EventTopic.REFUND,
    "refund.failed": EventTopic.REFUND,
    "charge.dispute.created": EventTopic.DISPUTE,
    "charge.dispute.updated": EventTopic.DISPUTE,
    "charge.dispute.closed": EventTopic.DISPUTE,
    "charge.dispute.funds_withdrawn": EventTopic.DISPUTE,
    "charge.dispute.funds_reinstated": EventTopic.DISPUTE,
    "radar.early_fraud_warning.created": EventTopic.FRAUD,
    "payout.created": EventTopic.PAYOUT,
    "payout.updated": EventTopic.PAYOUT,
    "payout.paid": EventTopic.PAYOUT,
    "payout.failed": EventTopic.PAYOUT,
    "payout.canceled": EventTopic.PAYOUT,
    "payout.reconciliation_completed": EventTopic.PAYOUT,
    "customer.subscription.created": EventTopic.SUBSCRIPTION,
    "customer.subscription.updated": EventTopic.SUBSCRIPTION,
    "customer.subscription.deleted": EventTopic.SUBSCRIPTION,
    "customer.subscription.paused": EventTopic.SUBSCRIPTION,
    "customer.subscription.resumed": EventTopic.SUBSCRIPTION,
    "invoice.paid": EventTopic.INVOICE,
    "invoice.payment_failed": EventTopic.INVOICE,
    "invoice.payment_action_required": EventTopic.INVOICE,
    "invoice.finalization_failed": EventTopic.INVOICE,
    "invoice.voided": EventTopic.INVOICE,
    "invoice.marked_uncollectible": EventTopic.INVOICE,
    "invoice_payment.paid": EventTopic.INVOICE,
    "mandate.updated": EventTopic.METHOD,
    "payment_method.automatically_updated": EventTopic.METHOD,
    "payment_method.updated": EventTopic.METHOD,
}
NAMED_IN = {"invoice_payment.paid": "invoice", "mandate.updated": "payment_method"}
"""Events whose own object is not the one to look at: the field that names it."""
NOT_LISTENED_TO = "not among the events the shop listens to"


def event_facts(event: stripe.Event) -> EventFacts:
    """An event as a trigger: which object to look at, or why nothing is done."""
    kind = str(event.type)
    topic = TOPICS.get(kind, EventTopic.NONE)
    return EventFacts(
        ref=event.id,
        type=kind,
        topic=topic,
        object_ref=_object_ref(event, kind),
        created_at=instant(event.created),
        livemode=event.livemode,
        ignored_because=NOT_LISTENED_TO if topic is EventTopic.NONE else "",
    )


def _object_ref(event: stripe.Event, kind: str) -> str:
    named = getattr(event.data.object, NAMED_IN.get(kind, "id"), None)
    return ref_of(named) if named else ""
