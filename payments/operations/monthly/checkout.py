"""The page on which a monthly gift is begun: asked for once, its answer kept, closed at the donor's wish."""

from datetime import datetime

from django.db import transaction

from payments import current_provider
from payments.models import CallOutcome, MonthlyGift, MonthlyTerms, ProviderCall
from payments.monthly_calendar import is_taken_at_once
from payments.monthly_states import Interval, MonthlyState
from payments.operations.asking import note_answer, outside_database_transaction
from payments.operations.monthly.moves import lock_gift, move_monthly
from payments.operations.monthly.titles import gift_title
from payments.operations.one_page import CLOCKS_DIFFER_BY, OnePage, open_once
from payments.provider import (
    CheckoutFacts,
    CheckoutLine,
    ProviderRefused,
    Recurrence,
    RecurringRequest,
)

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
    page = OnePage(
        of=gift,
        key=lambda attempt: page_key(gift_id=gift_id, attempt=attempt),
        open=lambda key: current_provider().open_recurring(request=page_request(gift=gift), idempotency_key=key),
        find=lambda: find_page(gift=gift),
        keep=lambda key, facts: _keep(key=key, gift_id=gift_id, facts=facts, now=now),
        refuse=lambda because: _refused(gift_id=gift_id, because=because, now=now),
        anew=lambda: obtain_page(gift_id=gift_id, now=now),
    )
    return open_once(page=page, abandoned=abandoned, fresh=fresh, now=now)


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
