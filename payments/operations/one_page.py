"""A page of the provider's, asked for once: one caller asks, the others wait for what it is told, and after a fault of the
provider's own somebody looks before asking again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from payments.failures import FailureKind
from payments.models import CallOutcome, Donation, MonthlyGift
from payments.operations.asking import abandon, ask, claim, wait_for_answer
from payments.provider import CheckoutFacts, ProviderRefused, ProviderUnavailable

T = TypeVar("T", Donation, MonthlyGift)

CLOCKS_DIFFER_BY = timedelta(minutes=5)
"""A page is looked for among those that were made since its row was, by a clock that isn't ours."""


@dataclass(frozen=True)
class OnePage(Generic[T]):
    """What opens the page of a donation, or of a monthly gift: `of` is its row."""

    of: T
    key: Callable[[int], str]
    """The idempotency key of an attempt. What is asked for never changes; a new attempt follows only an abandoned one."""
    open: Callable[[str], CheckoutFacts]
    find: Callable[[], CheckoutFacts | None]
    """The page among those that the provider lists. One that appears later can't be used: nobody knows its address."""
    keep: Callable[[str, CheckoutFacts], T]
    refuse: Callable[[str], None]
    """Note that it will never open, and why."""
    anew: Callable[[], T]
    """Obtain the page from the beginning: it was given up, and is asked for under another key."""


def open_once(*, page: OnePage[T], abandoned: int, fresh: bool, now: datetime) -> T:
    """The row with its page; `abandoned` attempts were given up before. `fresh`: nobody is likely to have asked.

    Called outside any database transaction. Raises ProviderUnavailable, ProviderRefused.
    """
    key = page.key(abandoned + 1)
    donation, gift = (page.of, None) if isinstance(page.of, Donation) else (None, page.of)
    call = claim(key=key, donation=donation, monthly_gift=gift, now=now, fresh=fresh)
    if call is None:
        return _told_to_another(key=key, page=page)
    if call.failure_kind == FailureKind.PROVIDER_FAULT.value:
        return _after_a_fault(key=key, page=page, now=now)
    try:
        facts = ask(key=key, question=lambda: page.open(key), now=now)
    except ProviderRefused as error:
        page.refuse(f"provider refused: {error.kind.value}")
        raise
    return page.keep(key, facts)


def _told_to_another(*, key: str, page: OnePage[T]) -> T:
    answer = wait_for_answer(key=key)
    if answer.outcome == CallOutcome.UNKNOWN:
        raise ProviderUnavailable(kind=answer.failure_kind)
    if answer.outcome == CallOutcome.REFUSED:
        raise ProviderRefused(kind=answer.failure_kind)
    if answer.outcome == CallOutcome.ABANDONED:
        return page.anew()
    page.of.refresh_from_db()
    return page.of


def _after_a_fault(*, key: str, page: OnePage[T], now: datetime) -> T:
    """The provider answers a key that ended in its own failure with that failure again. So look whether the page was made
    all the same; if not, ask anew."""
    found = ask(key=key, question=page.find, now=now)
    if found is not None:
        return page.keep(key, found)
    abandon(key=key)
    return page.anew()
