"""Carrying an act out: the provider is asked step by step, each under its own stored key, and never more than once at
a time.

A step that got no answer leaves the act in doubt. Whoever comes again looks first whether it happened, and asks again
under the same key while the provider remembers it, under a new one after a failure that it would repeat.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from payments.failures import FailureKind
from payments.models import CallOutcome, MonthlyAct, MonthlyGift, MonthlyTerms, ProviderCall
from payments.monthly_states import ActState
from payments.operations.asking import (
    POLL_SECONDS,
    WAIT_SECONDS,
    abandon,
    ask,
    claim,
    note_answer,
    outside_database_transaction,
)
from payments.operations.monthly.acts import Acted, acted
from payments.operations.monthly.read_back import ReadBack, confirm, refuse
from payments.provider import ProviderError, ProviderRefused

logger = logging.getLogger(__name__)

T = TypeVar("T")

KEY_REMEMBERED_FOR = timedelta(hours=20)
"""The provider forgets an idempotency key after about a day."""
DIFFERS = "read_back_differs"
NEVER_HAPPENED = "never_happened"


class AskedElsewhere(Exception):
    """Somebody else carries this act out at this moment. To be expected: a form was sent twice."""


class NeverHappened(Exception):
    """What was asked for did not happen, and it is too late to ask again. To be expected after a long outage."""


class ReadBackDiffers(Exception):
    """The provider says something else than what was asked for. Not expected: somebody has to look."""


@dataclass
class Run:
    """One attempt to carry an act out. `done` says that a step of it has had an effect by now."""

    act: MonthlyAct
    gift: MonthlyGift
    terms: MonthlyTerms | None
    now: datetime
    done: bool = False

    def step(
        self,
        name: str,
        *,
        ask_for: Callable[[str], T],
        look: Callable[[], T | None],
        ref_of: Callable[[T], str],
        not_after: datetime | None = None,
        however_late: bool = False,
    ) -> T | None:
        """Do one step once, and give what the provider says. `look` finds its effect, or None; so a step that was done
        in an earlier run can give None.

        `not_after`: from then on it isn't asked for any more. `however_late`: it is asked for until it happens. Raises
        AskedElsewhere, NeverHappened, ProviderUnavailable, ProviderRefused.
        """
        prefix = f"monthly_act:{self.act.pk}:{name}:"
        before = ProviderCall.objects.filter(key__startswith=prefix).order_by("pk").last()
        if before is not None and before.outcome == CallOutcome.REFUSED:
            # a no to a later step, which has to be asked anew: what was begun is brought to its end
            abandon(key=before.key)
        abandoned = ProviderCall.objects.filter(key__startswith=prefix, outcome=CallOutcome.ABANDONED).count()
        key = f"{prefix}{abandoned + 1}"
        if before is not None and before.outcome == CallOutcome.ANSWERED:
            self.done = True
            return look()
        call = claim(key=key, donation=None, monthly_gift=self.gift, now=self.now)
        if call is None:
            raise AskedElsewhere
        found = None if before is None else ask(key=key, question=look, now=self.now)
        if found is not None:
            return self._note(key, found, ref_of)
        late = self.now - self.act.requested_at > KEY_REMEMBERED_FOR
        if (late and not however_late) or (not_after is not None and self.now >= not_after):
            abandon(key=key)
            raise NeverHappened
        if before is not None and (late or call.failure_kind == FailureKind.PROVIDER_FAULT.value):
            abandon(key=key)
            MonthlyAct.objects.filter(pk=self.act.pk).update(attempt=abandoned + 2)
            key = f"{prefix}{abandoned + 2}"
            if claim(key=key, donation=None, monthly_gift=self.gift, now=self.now) is None:
                raise AskedElsewhere
        return self._note(key, ask(key=key, question=lambda: ask_for(key), now=self.now), ref_of)

    def _note(self, key: str, answer: T, ref_of: Callable[[T], str]) -> T:
        note_answer(key=key, ref=ref_of(answer), now=self.now)
        self.done = True
        return answer


Doer = Callable[[Run], ReadBack]
"""What a verb does at the provider. It gives what was read back, and raises nothing of its own but NeverHappened."""


def carry_out(*, act_id: int, do: Doer, now: datetime, wait: bool = True) -> Acted:
    """Do a committed act, once, and close it by what is read back. Called outside any database transaction.

    While somebody else does it, `wait` for what comes of that. Raises nothing of the provider's: no answer leaves the
    act UNKNOWN, a no makes it REFUSED.
    """
    outside_database_transaction()
    act = MonthlyAct.objects.select_related("gift", "terms", "actor").get(pk=act_id)
    if act.state in (ActState.CONFIRMED, ActState.REFUSED):
        return acted(act)
    run = Run(act=act, gift=act.gift, terms=act.terms, now=now)
    try:
        read = do(run)
    except AskedElsewhere:
        return _wait(act_id) if wait else acted(act)
    except (ProviderError, NeverHappened, ReadBackDiffers) as error:
        return _not_done(run=run, error=error)
    return confirm(act_id=act_id, read=read, now=now)


def _not_done(*, run: Run, error: Exception) -> Acted:
    """Close an act that did not happen; leave one in doubt that may have, or of which a part has."""
    act_id = run.act.pk
    if isinstance(error, ProviderError):
        unsure = not isinstance(error, ProviderRefused) and (
            error.telling.may_have_happened or run.act.state == ActState.UNKNOWN
        )
        if run.done and isinstance(error, ProviderRefused):
            logger.error("monthly_act_half_done", extra={"act": act_id, "kind": error.kind.value})
        if run.done or unsure:
            return _in_doubt(act_id, error.kind.value)
        return refuse(act_id=act_id, failure_kind=error.kind.value, now=run.now)
    if isinstance(error, ReadBackDiffers):
        logger.error("monthly_act_differs", extra={"act": act_id})
        return refuse(act_id=act_id, failure_kind=DIFFERS, now=run.now)
    return refuse(act_id=act_id, failure_kind=NEVER_HAPPENED, now=run.now)


def _in_doubt(act_id: int, failure_kind: str) -> Acted:
    MonthlyAct.objects.filter(pk=act_id, state__in=(ActState.REQUESTED, ActState.UNKNOWN)).update(
        state=ActState.UNKNOWN, failure_kind=failure_kind
    )
    return acted(MonthlyAct.objects.get(pk=act_id))


def _wait(act_id: int) -> Acted:
    """What became of an act that somebody else carries out; as it stands, if that takes too long."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        act = MonthlyAct.objects.get(pk=act_id)
        if act.state != ActState.REQUESTED or time.monotonic() > deadline:
            return acted(act)
        time.sleep(POLL_SECONDS)
