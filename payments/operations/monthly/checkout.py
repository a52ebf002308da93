"""The page on which a monthly gift is begun: asked for once, its answer kept, closed at the donor's wish."""

from datetime import datetime, timedelta

from django.db import transaction

from payments import current_provider
from payments.failures import FailureKind
from payments.models import CallOutcome, MonthlyGift, MonthlyTerms, ProviderCall
from payments.monthly_calendar import is_taken_at_once
from payments.monthly_states import Interval, MonthlyState
from payments.operations.asking import abandon, ask, claim, note_answer, outside_database_transaction, wait_for_answer
from payments.operations.monthly.moves import lock_gift, move_monthly
from payments.operations.monthly.titles import gift_title
from payments.provider import (
    CheckoutFacts,
    CheckoutLine,
    ProviderRefused,
    ProviderUnavailable,
    Recurrence,
    RecurringRequest,
)

CLOCKS_DIFFER_BY = timedelta(minutes=5)
RECURRENCE_OF = {
    Interval.MONTH: Recurrence.MONTH,
    Interval.QUARTER: Recurrence.QUARTER,
    Interval.YEAR: Recurrence.YEAR,
}


def page_key(*, gift_id: int, attempt: int) -> str:
    """The idempotency key. What is asked for never changes; a new attempt follows only an abandoned one."""
    return f"monthly_gift:{gift_id}:open_recurring:{attempt}"


def obtain_page(*, gift_id: int, now: datetime, fresh: bool = False) -> MonthlyGift:
    """The gift with its page, asked for if nobody has yet. Called outside any database transaction.

    One caller asks; the others wait for what it is told. Raises ProviderUnavailable, ProviderRefused.
    """
    outside_database_transaction()
    gift = MonthlyGift.objects.get(pk=gift_id)
    if gift.state != MonthlyState.DRAFT:
        return gift
    abandoned = ProviderCall.objects.filter(monthly_gift=gift, outcome=CallOutcome.ABANDONED).count()
    key = page_key(gift_id=gift_id, attempt=abandoned + 1)
    call = claim(key=key, donation=None, monthly_gift=gift, now=now, fresh=fresh)
    if call is None:
        return _told_to_another(key=key, gift_id=gift_id, now=now)
    if call.failure_kind == FailureKind.PROVIDER_FAULT.value:
        return _after_a_fault(key=key, gift=gift, now=now)
    return _ask(key=key, gift=gift, now=now)


def page_request(*, gift: MonthlyGift) -> RecurringRequest:
    """What is asked for, made of nothing but committed rows, so that asking again asks the same."""
    terms = MonthlyTerms.objects.get(gift=gift, version=1)
    title = gift_title(lines=terms.lines.all(), cover_fee_minor=terms.cover_fee_minor, language=gift.language)
    return RecurringRequest(
        monthly_ref=str(gift.pk),
        terms_ref=str(terms.pk),
        lines=(CheckoutLine(title=title, unit_minor=terms.gross_minor, quantity=1),),
        currency=gift.currency,
        recurrence=RECURRENCE_OF[Interval(terms.interval)],
        first_on_day=None if is_taken_at_once(day=terms.day, now=gift.created_at) else terms.day,
        description=title,
        language=gift.language,
        success_url=gift.success_url,
        cancel_url=gift.cancel_url,
        expires_at=gift.checkout_expires_at or gift.created_at,
    )


def cancel_page(*, gift: MonthlyGift, now: datetime) -> MonthlyState | None:
    """Close the gift's open page; None when the provider says that there is nothing to close, since it was used.

    Called outside any database transaction. Raises ProviderUnavailable.
    """
    outside_database_transaction()
    try:
        current_provider().expire_checkout(ref=gift.checkout_ref or "")
    except ProviderRefused:
        return None
    with transaction.atomic():
        locked = lock_gift(gift_id=gift.pk)
        if locked.state == MonthlyState.CHECKOUT_OPEN:
            move_monthly(gift=locked, to_state=MonthlyState.EXPIRED, because="donor went back, page closed", now=now)
            locked.save(update_fields=["state"])
    return MonthlyState(locked.state)


def _ask(*, key: str, gift: MonthlyGift, now: datetime) -> MonthlyGift:
    request = page_request(gift=gift)
    try:
        facts = ask(
            key=key,
            question=lambda: current_provider().open_recurring(request=request, idempotency_key=key),
            now=now,
        )
    except ProviderRefused as error:
        _refused(gift_id=gift.pk, because=f"provider refused: {error.kind.value}", now=now)
        raise
    return _keep(key=key, gift_id=gift.pk, facts=facts, now=now)


def _told_to_another(*, key: str, gift_id: int, now: datetime) -> MonthlyGift:
    answer = wait_for_answer(key=key)
    if answer.outcome == CallOutcome.UNKNOWN:
        raise ProviderUnavailable(kind=answer.failure_kind)
    if answer.outcome == CallOutcome.REFUSED:
        raise ProviderRefused(kind=answer.failure_kind)
    if answer.outcome == CallOutcome.ABANDONED:
        return obtain_page(gift_id=gift_id, now=now)
    return MonthlyGift.objects.get(pk=gift_id)


def _after_a_fault(*, key: str, gift: MonthlyGift, now: datetime) -> MonthlyGift:
    """The provider repeats its own failure under the same key: so look whether the page was made all the same."""
    page = ask(key=key, question=lambda: find_page(gift=gift), now=now)
    if page is not None:
        return _keep(key=key, gift_id=gift.pk, facts=page, now=now)
    abandon(key=key)
    return obtain_page(gift_id=gift.pk, now=now)


def find_page(*, gift: MonthlyGift) -> CheckoutFacts | None:
    """The page of a gift among those that the provider lists: the one to begin it, not one to keep a card."""
    pages = current_provider().list_checkouts(created_since=gift.created_at - CLOCKS_DIFFER_BY)
    return next((page for page in pages if page.monthly_ref == str(gift.pk) and not page.keeps_method), None)


def _keep(*, key: str, gift_id: int, facts: CheckoutFacts, now: datetime) -> MonthlyGift:
    with transaction.atomic():
        gift = lock_gift(gift_id=gift_id)
        note_answer(key=key, ref=facts.ref, now=now)
        keep_page(gift=gift, facts=facts)
        if gift.state == MonthlyState.DRAFT:
            move_monthly(gift=gift, to_state=MonthlyState.CHECKOUT_OPEN, because="page opened", now=now)
        gift.save(update_fields=["checkout_ref", "checkout_url", "checkout_expires_at", "state"])
    return gift


def keep_page(*, gift: MonthlyGift, facts: CheckoutFacts) -> None:
    """Note the gift's page, unless one is noted; the caller holds the lock, and saves."""
    if gift.checkout_ref is None:
        gift.checkout_ref, gift.checkout_url = facts.ref, facts.url or ""
        gift.checkout_expires_at = facts.expires_at


def _refused(*, gift_id: int, because: str, now: datetime) -> None:
    with transaction.atomic():
        gift = lock_gift(gift_id=gift_id)
        if gift.state == MonthlyState.DRAFT:
            move_monthly(gift=gift, to_state=MonthlyState.EXPIRED, because=because, now=now)
            gift.save(update_fields=["state"])
