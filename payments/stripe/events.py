"""Which of Stripe's events we act on, and why not on the others."""

import stripe

from payments.provider import EventFacts, EventTopic
from payments.stripe.facts import instant

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
}
LATER = (
    "charge.dispute.",
    "radar.early_fraud_warning.",
    "customer.subscription.",
    "invoice.",
    "invoice_payment.",
    "payout.",
    "mandate.",
)
NO_FLOW = "the shop has no flow for this kind of event; the nightly comparison names any money it moved"
NOT_LISTENED_TO = "not among the events the shop listens to"


def event_facts(event: stripe.Event) -> EventFacts:
    """An event as a trigger: which object to look at, or why nothing is done."""
    kind = str(event.type)
    topic = TOPICS.get(kind, EventTopic.NONE)
    ignored = ""
    if topic is EventTopic.NONE:
        ignored = NO_FLOW if kind.startswith(LATER) else NOT_LISTENED_TO
    return EventFacts(
        ref=event.id,
        type=kind,
        topic=topic,
        object_ref=str(getattr(event.data.object, "id", "") or ""),
        created_at=instant(event.created),
        livemode=event.livemode,
        ignored_because=ignored,
    )
