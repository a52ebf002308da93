"""Acting on a notice: fetch the object it names, apply its present state. So order and repetition stop mattering."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F

from payments import current_provider
from payments.failures import FailureKind
from payments.models import Donation, EventState, MonthlyGift, ProviderEvent, RenewalTrouble
from payments.operations.asking import outside_database_transaction
from payments.operations.book_charge import WrongMode
from payments.operations.book_dispute import take_in_dispute
from payments.operations.book_refund import apply_refund
from payments.operations.coalesce import for_the_whole_object, known_charges
from payments.operations.fraud import take_in_warning
from payments.operations.monthly.acts import NotNow
from payments.operations.monthly.follow import follow_subscription, settle_page
from payments.operations.monthly.invoices import apply_invoice, book_any_charge
from payments.operations.monthly.method import keep_method_of
from payments.operations.payouts import take_in_payout
from payments.operations.settle import apply_checkout, settle
from payments.provider import CheckoutFacts, EventTopic, ProviderError, ProviderRefused, ProviderUnavailable
from payments.queries.monthly_rows import OPEN_TROUBLE

logger = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)


def process_event(*, event_id: int, now: datetime) -> EventState:
    """Act on a stored event, and mark it only when that worked. May run any number of times, also at once.

    A provider that is down leaves it pending with a growing pause. Called outside any database transaction.
    """
    outside_database_transaction()
    event = ProviderEvent.objects.get(pk=event_id)
    if event.state != EventState.PENDING:
        return EventState(event.state)
    return for_the_whole_object(event=event, act=lambda ids: _act(event=event, ids=ids, now=now))


def _act(*, event: ProviderEvent, ids: tuple[int, ...], now: datetime) -> EventState:
    """Act once for all notices `ids` of the event's object."""
    try:
        ignored_because = ACTS[EventTopic(event.topic)](event.object_ref, now)
    except WrongMode:
        ignored_because = "an object of another mode (live or test)"
    except ProviderRefused as error:
        if error.kind is not FailureKind.NOT_FOUND:
            return _postpone(event=event, ids=ids, error=f"{error}", now=now)
        ignored_because = "the provider no longer knows the object"
    except ProviderError as error:
        return _postpone(event=event, ids=ids, error=f"{error}", now=now)
    except Exception as error:
        # whatever it is, the event must stay visible and be tried again; the class names the trouble, the text could
        # hold personal data
        _postpone(event=event, ids=ids, error=type(error).__name__, now=now)
        raise
    return _close(ids=ids, ignored_because=ignored_because, now=now)


def _close(*, ids: tuple[int, ...], ignored_because: str, now: datetime) -> EventState:
    state = EventState.IGNORED if ignored_because else EventState.PROCESSED
    ProviderEvent.objects.filter(pk__in=ids, state=EventState.PENDING).update(
        state=state, ignored_because=ignored_because, processed_at=now, attempts=F("attempts") + 1, last_error=""
    )
    return state


def _postpone(*, event: ProviderEvent, ids: tuple[int, ...], error: str, now: datetime) -> EventState:
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(event.attempts, 10))
    ProviderEvent.objects.filter(pk__in=ids, state=EventState.PENDING).update(
        attempts=F("attempts") + 1, next_attempt_at=now + pause, last_error=error[:200]
    )
    logger.warning("event_postponed", extra={"event": event.ref, "error": error[:200]})
    return EventState.PENDING


def _checkout(ref: str, now: datetime) -> str:
    facts = current_provider().fetch_checkout(ref=ref)
    if facts.keeps_method:
        return _method_page(facts, now)
    if facts.monthly_ref:
        return settle_page(facts=facts, now=now)
    donation_id = known_donation(donation_ref=facts.donation_ref)
    if donation_id is not None:
        apply_checkout(donation_id=donation_id, facts=facts, now=now)
        return ""
    if facts.payment is not None and facts.payment.charge is not None:
        book_any_charge(facts=facts.payment.charge, now=now)
        return ""
    return "a payment page that no donation of ours opened, unpaid"


def _method_page(facts: CheckoutFacts, now: datetime) -> str:
    try:
        kept = keep_method_of(facts=facts, now=now)
    except NotNow:
        # another act is in the air: the donor gave the card, so it is used when that one has landed
        raise ProviderUnavailable(kind=FailureKind.STILL_PENDING) from None
    return "" if kept is not None else "a page on which no way to pay was given that is still wanted"


def _is_known(**charge: str) -> bool:
    return known_charges().filter(**charge).exists()


def _payment(ref: str, now: datetime) -> str:
    if _is_known(payment_ref=ref):
        return ""
    facts = current_provider().fetch_payment(ref=ref)
    if facts.charge is not None:
        book_any_charge(facts=facts.charge, now=now)
    elif facts.invoice_ref:
        return apply_invoice(ref=facts.invoice_ref, now=now).ignored_because
    donation_id = known_donation(donation_ref=facts.donation_ref)
    if donation_id is not None:
        settle(donation_id=donation_id, now=now)
    elif facts.charge is None:
        return "a payment that no donation of ours asked for, unpaid"
    return ""


def _charge(ref: str, now: datetime) -> str:
    if _is_known(ref=ref):
        return ""
    book_any_charge(facts=current_provider().fetch_charge(ref=ref), now=now)
    return ""


def _refund(ref: str, now: datetime) -> str:
    provider = current_provider()
    facts = provider.fetch_refund(ref=ref)
    # a refund can be heard of before its charge: book that first
    charge = provider.fetch_charge(ref=facts.charge_ref) if facts.charge_ref else None
    if charge is None:
        return "a refund without a charge"
    book_any_charge(facts=charge, now=now)
    apply_refund(facts=facts, now=now)
    return ""


def _subscription(ref: str, now: datetime) -> str:
    known = follow_subscription(ref=ref, now=now)
    return "a subscription that is no monthly gift of ours" if known is None else ""


def _invoice(ref: str, now: datetime) -> str:
    open_trouble = RenewalTrouble.objects.filter(invoice_ref=ref, state__in=OPEN_TROUBLE)
    if _is_known(donation__invoice_ref=ref) and not open_trouble.exists():
        return ""
    return apply_invoice(ref=ref, now=now).ignored_because


def _method(ref: str, now: datetime) -> str:
    """A card was renewed by its bank, or an authorisation withdrawn: look again at the gifts that it pays."""
    refs = MonthlyGift.objects.filter(method_ref=ref, subscription_ref__isnull=False)
    found = list(refs.values_list("subscription_ref", flat=True))
    for subscription_ref in found:
        follow_subscription(ref=subscription_ref or "", now=now)
    return "" if found else "a way to pay that no monthly gift of ours uses"


def _dispute(ref: str, now: datetime) -> str:
    take_in_dispute(ref=ref, now=now)
    return ""


def _payout(ref: str, now: datetime) -> str:
    take_in_payout(ref=ref, now=now)
    return ""


def _fraud(ref: str, now: datetime) -> str:
    take_in_warning(ref=ref, now=now)
    return ""


def _nothing(ref: str, now: datetime) -> str:
    return "nothing to act on"


ACTS: dict[EventTopic, Callable[[str, datetime], str]] = {
    EventTopic.CHECKOUT: _checkout,
    EventTopic.PAYMENT: _payment,
    EventTopic.CHARGE: _charge,
    EventTopic.REFUND: _refund,
    EventTopic.SUBSCRIPTION: _subscription,
    EventTopic.INVOICE: _invoice,
    EventTopic.METHOD: _method,
    EventTopic.DISPUTE: _dispute,
    EventTopic.PAYOUT: _payout,
    EventTopic.FRAUD: _fraud,
    EventTopic.NONE: _nothing,
}
"""What each topic asks for. Each answers "" when done, or why there was nothing to do."""


def known_donation(*, donation_ref: str) -> int | None:
    """The id of a donation of ours that a provider's object names."""
    if not (donation_ref.isascii() and donation_ref.isdigit()) or len(donation_ref) > 18:
        return None
    return Donation.objects.filter(pk=int(donation_ref)).values_list("pk", flat=True).first()
