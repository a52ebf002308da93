"""Asking the provider for something that has an effect: once, under a key that was stored before."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import IntegrityError, transaction

from payments.failures import FailureKind
from payments.models import CallOutcome, Donation, MonthlyGift, ProviderCall
from payments.provider import ProviderError, ProviderRefused, ProviderUnavailable

T = TypeVar("T")

LEASE = timedelta(seconds=120)
"""Longer than the slowest answer with its repeats: after it the asker is taken for dead."""

FINAL = (CallOutcome.ANSWERED, CallOutcome.REFUSED, CallOutcome.ABANDONED)

WAIT_SECONDS = 20.0
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Answer:
    """How a question stands, as stored."""

    outcome: CallOutcome
    failure_kind: FailureKind


def outside_database_transaction() -> None:
    """Raise RuntimeError inside a database transaction: asking there would hold its locks for as long as the network
    pleases, and a rollback would forget what the provider did."""
    with transaction.atomic(durable=True):
        pass


def claim(
    *,
    key: str,
    donation: Donation | None,
    now: datetime,
    fresh: bool = False,
    monthly_gift: MonthlyGift | None = None,
) -> ProviderCall | None:
    """The question's row for the one caller that may ask now, None for everyone else. Committed before this returns.

    Its `failure_kind` says how the last try ended. `fresh` says that nobody is likely to have asked before: then the
    claim is one statement, and only a caller that was forestalled takes the longer way.
    """
    if fresh:
        with contextlib.suppress(IntegrityError):
            return ProviderCall.objects.create(
                key=key,
                donation=donation,
                monthly_gift=monthly_gift,
                asked_at=now,
                outcome=CallOutcome.PENDING,
                lease_until=now + LEASE,
                tries=1,
            )
    with transaction.atomic(durable=True):
        ProviderCall.objects.bulk_create(
            [ProviderCall(key=key, donation=donation, monthly_gift=monthly_gift, asked_at=now)], ignore_conflicts=True
        )
        call = ProviderCall.objects.select_for_update().get(key=key)
        if call.outcome in FINAL:
            return None
        if call.lease_until is not None and call.lease_until > now:
            return None
        call.outcome, call.lease_until, call.tries = CallOutcome.PENDING, now + LEASE, call.tries + 1
        call.save(update_fields=["outcome", "lease_until", "tries"])
    return call


def abandon(*, key: str) -> None:
    """Give a question up for one under a new key: the provider keeps its own failure and would repeat it for a day.

    Only after having looked that what was asked for did not happen.
    """
    ProviderCall.objects.filter(key=key).update(outcome=CallOutcome.ABANDONED, lease_until=None)


def note_answer(*, key: str, ref: str, now: datetime) -> None:
    """It happened. Called in the database transaction that stores what the answer means."""
    ProviderCall.objects.filter(key=key).update(
        outcome=CallOutcome.ANSWERED, answer_ref=ref, answered_at=now, lease_until=None
    )


def note_failure(*, key: str, error: ProviderError, now: datetime) -> None:
    """It did not happen, or nobody knows."""
    refused = isinstance(error, ProviderRefused)
    ProviderCall.objects.filter(key=key).update(
        outcome=CallOutcome.REFUSED if refused else CallOutcome.UNKNOWN,
        failure_kind=error.kind.value,
        failure_code=error.code[:100],
        request_ref=error.request_ref[:100],
        answered_at=now if refused else None,
        lease_until=None,
    )


def ask(*, key: str, question: Callable[[], T], now: datetime) -> T:
    """Ask under a claimed key, and store a failure before it is raised again."""
    try:
        return question()
    except (ProviderUnavailable, ProviderRefused) as error:
        note_failure(key=key, error=error, now=now)
        raise


def wait_for_answer(*, key: str) -> Answer:
    """What the caller that holds the claim was told. Raises ProviderUnavailable(STILL_PENDING) if that takes too long."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        outcome, kind = ProviderCall.objects.values_list("outcome", "failure_kind").get(key=key)
        if outcome != CallOutcome.PENDING:
            return Answer(outcome=CallOutcome(outcome), failure_kind=FailureKind(kind or FailureKind.STILL_PENDING))
        if time.monotonic() > deadline:
            raise ProviderUnavailable(kind=FailureKind.STILL_PENDING)
        time.sleep(POLL_SECONDS)
