"""A new subscription for a gift: what the provider can't change in place without moving its months.

Nothing is charged twice whatever breaks in between: before the new one is made, the old one is told to take nothing
until the new one's first charge is past; only then is it ended.
"""

import contextlib
from datetime import datetime, timedelta

from django.db import transaction

from payments import current_provider
from payments.models import MonthlyGift, MonthlySubscription, MonthlyTerms
from payments.monthly_calendar import warsaw_day
from payments.monthly_states import Interval
from payments.operations.monthly.checkout import RECURRENCE_OF
from payments.operations.monthly.doing import NeverHappened, ReadBackDiffers, Run
from payments.operations.monthly.moves import lock_gift
from payments.operations.monthly.titles import gift_title
from payments.operations.one_page import CLOCKS_DIFFER_BY
from payments.provider import (
    InvoiceStatus,
    MethodFacts,
    NewSubscription,
    ProviderRefused,
    SubscriptionFacts,
    SubscriptionStatus,
)
from payments.queries.monthly_dates import SKIP_LASTS

BEFORE_THE_CHARGE = timedelta(minutes=5)
ENDED_THERE = (SubscriptionStatus.CANCELLED, SubscriptionStatus.INCOMPLETE_EXPIRED)


def usable_method(*, customer_ref: str, now: datetime) -> MethodFacts | None:
    """The newest way to pay that the provider keeps for a customer and that has not expired. May raise ProviderError."""
    if not customer_ref:
        return None
    today = warsaw_day(now)
    this_month = today.year * 100 + today.month
    methods = current_provider().list_methods(customer_ref=customer_ref)
    return next((each for each in methods if each.expires is None or each.expires >= this_month), None)


def create_subscription(
    *, run: Run, terms: MonthlyTerms, customer_ref: str, method_ref: str, first_at: datetime
) -> SubscriptionFacts:
    """Make the gift's new subscription, once, and put it in force. Raises what Run.step raises."""
    request = NewSubscription(
        monthly_ref=str(run.gift.pk),
        terms_ref=str(terms.pk),
        customer_ref=customer_ref,
        method_ref=method_ref,
        title=gift_title(lines=terms.lines.all(), cover_fee_minor=terms.cover_fee_minor, language=run.gift.language),
        amount_minor=terms.gross_minor,
        currency=run.gift.currency,
        recurrence=RECURRENCE_OF[Interval(terms.interval)],
        day=terms.day,
        first_at=first_at,
    )
    created = run.step(
        "create_subscription",
        ask_for=lambda key: current_provider().create_subscription(request=request, idempotency_key=key),
        look=lambda: _find_created(run=run, terms=terms),
        ref_of=lambda facts: facts.ref,
        not_after=first_at,
    )
    if created is None:
        raise ReadBackDiffers
    _put_in_force(gift_id=run.gift.pk, facts=created, now=run.now)
    return created


def end_subscription(*, run: Run, ref: str) -> SubscriptionFacts:
    """End a subscription, however late, and give it as read back. Raises what Run.step raises, ReadBackDiffers."""
    run.step(
        "cancel",
        ask_for=lambda key: current_provider().cancel_subscription(ref=ref, idempotency_key=key),
        look=lambda: _if_ended(current_provider().fetch_subscription(ref=ref)),
        ref_of=lambda facts: facts.ref,
        however_late=True,
    )
    for invoice in current_provider().list_invoices(subscription_ref=ref):
        if invoice.status is InvoiceStatus.OPEN:
            _void(run=run, ref=invoice.ref)
    ended = _if_ended(current_provider().fetch_subscription(ref=ref))
    if ended is None:
        raise ReadBackDiffers
    return ended


def _void(*, run: Run, ref: str) -> None:
    """What was paid or voided in the meantime is no longer open, and its own notice says what it is."""
    with contextlib.suppress(ProviderRefused):
        run.step(
            f"void:{ref}",
            ask_for=lambda key: current_provider().void_invoice(ref=ref, idempotency_key=key),
            look=lambda: None,
            ref_of=lambda facts: facts.ref,
            however_late=True,
        )


def replace_subscription(
    *,
    run: Run,
    terms: MonthlyTerms,
    old_ref: str,
    customer_ref: str,
    method_ref: str,
    due_at: datetime,
    first_at: datetime,
    paused_until: datetime | None,
) -> SubscriptionFacts:
    """A new subscription in the old one's place, as read back; a pause goes over to it.

    `due_at` is the old one's next charge: unless the old one is told to wait before that, nothing is replaced. Raises
    what Run.step raises.
    """
    guard_until = max(first_at + SKIP_LASTS, paused_until) if paused_until else first_at + SKIP_LASTS
    pause(run=run, step="guard", ref=old_ref, resumes_at=guard_until, not_after=due_at - BEFORE_THE_CHARGE)
    try:
        created = create_subscription(
            run=run, terms=terms, customer_ref=customer_ref, method_ref=method_ref, first_at=first_at
        )
    except (ProviderRefused, NeverHappened):
        _take_guard_back(run=run, ref=old_ref, paused_until=paused_until)
        run.done = False
        raise
    if paused_until is not None and paused_until > run.now:
        pause(run=run, step="pause_new", ref=created.ref, resumes_at=paused_until)
    ended = end_subscription(run=run, ref=old_ref)
    note_end(facts=ended, now=run.now)
    return current_provider().fetch_subscription(ref=created.ref)


def pause(*, run: Run, step: str, ref: str, resumes_at: datetime, not_after: datetime | None = None) -> None:
    """Take nothing under a subscription until then. Raises what Run.step raises."""
    run.step(
        step,
        ask_for=lambda key: current_provider().pause_subscription(ref=ref, resumes_at=resumes_at, idempotency_key=key),
        look=lambda: _if_paused(current_provider().fetch_subscription(ref=ref), resumes_at),
        ref_of=lambda facts: facts.ref,
        not_after=not_after,
    )


def resume(*, run: Run, step: str, ref: str, however_late: bool = False) -> None:
    """End a subscription's pause. Raises what Run.step raises."""
    run.step(
        step,
        ask_for=lambda key: current_provider().resume_subscription(ref=ref, idempotency_key=key),
        look=lambda: _if_not_paused(current_provider().fetch_subscription(ref=ref)),
        ref_of=lambda facts: facts.ref,
        however_late=however_late,
    )


def note_end(*, facts: SubscriptionFacts, now: datetime) -> None:
    """Remember when the provider took the last under a subscription."""
    MonthlySubscription.objects.filter(ref=facts.ref, ended_at__isnull=True).update(ended_at=facts.ended_at or now)


def _take_guard_back(*, run: Run, ref: str, paused_until: datetime | None) -> None:
    if paused_until is not None and paused_until > run.now:
        pause(run=run, step="unguard", ref=ref, resumes_at=paused_until)
    else:
        resume(run=run, step="unguard", ref=ref, however_late=True)


def _find_created(*, run: Run, terms: MonthlyTerms) -> SubscriptionFacts | None:
    since = run.act.requested_at - CLOCKS_DIFFER_BY
    ours = (str(run.gift.pk), str(terms.pk))
    listed = current_provider().list_subscriptions(created_since=since)
    return next((each for each in listed if (each.monthly_ref, each.terms_ref) == ours and not _ended(each)), None)


def _put_in_force(*, gift_id: int, facts: SubscriptionFacts, now: datetime) -> None:
    """At once, so that the end of the old one, when it is heard of, is not taken for the end of the gift."""
    with transaction.atomic():
        gift: MonthlyGift = lock_gift(gift_id=gift_id)
        MonthlySubscription.objects.get_or_create(
            ref=facts.ref,
            defaults={
                "gift": gift,
                "customer_ref": facts.customer_ref,
                "began_at": facts.created_at,
                "anchor_at": facts.anchor_at,
            },
        )
        gift.subscription_ref, gift.customer_ref = facts.ref, facts.customer_ref
        gift.save(update_fields=["subscription_ref", "customer_ref"])


def _ended(facts: SubscriptionFacts) -> bool:
    return facts.status in ENDED_THERE or facts.ended_at is not None


def _if_ended(facts: SubscriptionFacts) -> SubscriptionFacts | None:
    return facts if _ended(facts) else None


def _if_paused(facts: SubscriptionFacts, resumes_at: datetime) -> SubscriptionFacts | None:
    return facts if facts.paused and facts.resumes_at == resumes_at else None


def _if_not_paused(facts: SubscriptionFacts) -> SubscriptionFacts | None:
    return None if facts.paused else facts
