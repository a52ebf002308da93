"""A monthly gift as its donor and as staff see it: the records that pages are made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from payments.models import MonthlyAct, MonthlyGift, MonthlyTerms, RenewalTrouble
from payments.monthly_calendar import warsaw_day
from payments.monthly_states import (
    ActState,
    ActVerb,
    Interval,
    MonthlyKind,
    MonthlyState,
    ReceiptPolicy,
    TroubleState,
)
from payments.monthly_told import Told
from payments.queries.lines import PageLine, page_lines
from payments.queries.monthly_can import possible_acts
from payments.queries.monthly_dates import anchors_of, next_dates, skipped_day
from payments.queries.monthly_standing import Standing, standing_of
from payments.queries.monthly_terms import terms_in_force

IN_THE_AIR = (ActState.REQUESTED, ActState.UNKNOWN)
OPEN_TROUBLE = (TroubleState.RETRYING, TroubleState.ACTION_REQUIRED, TroubleState.FAILED)


@dataclass(frozen=True)
class TroubleRow:
    """A renewal that failed and is still open. `amount_minor` in minor units of the gift's currency."""

    trouble_id: int
    state: TroubleState
    amount_minor: int
    due_on: date
    attempts: int
    next_try_on: date | None


@dataclass(frozen=True)
class ActRow:
    """One act. `told` is what was read back, once confirmed. `actor` and `reason` are filled on staff's pages alone."""

    act_id: int
    verb: ActVerb
    state: ActState
    requested_at: datetime
    closed_at: datetime | None
    by_staff: bool
    told: Told | None
    failure_kind: str
    actor: str = ""
    reason: str = ""


@dataclass(frozen=True)
class MonthlyRow:
    """A monthly gift in a list. Sums in minor units of `currency`, of one gift; days are Warsaw's.

    `next_dates` holds three, after a pause if there is one, and none once it has ended. `titles` are the needs as
    frozen when it was agreed. `doubt` is the act in the air: the page says that it is not known yet. `can` is what may
    be done to it now. `method_expires` is the card's last month, as 202712.
    """

    gift_id: int
    donor_id: int
    token: str
    kind: MonthlyKind
    state: MonthlyState
    standing: Standing
    currency: str
    sum_minor: int
    lines_minor: int
    cover_fee_minor: int
    interval: Interval
    day: int
    terms_version: int
    lines: tuple[PageLine, ...]
    next_dates: tuple[date, ...]
    paused_until: date | None
    skipped_on: date | None
    created_at: datetime
    began_on: date | None
    ended_on: date | None
    cancel_reason: str
    method_kind: str
    method_expires: int | None
    receipt_policy: ReceiptPolicy
    language: str
    checkout_url: str | None
    trouble: TroubleRow | None
    doubt: ActRow | None
    can: frozenset[ActVerb]

    @property
    def titles(self) -> tuple[str, ...]:
        """What it is given to, each once."""
        return tuple(dict.fromkeys(line.title for line in self.lines))

    @property
    def fund_codes(self) -> tuple[str, ...]:
        """The same by their funds."""
        return tuple(dict.fromkeys(line.fund_code for line in self.lines))


def rows_of(*, gifts: Iterable[MonthlyGift], now: datetime) -> list[MonthlyRow]:
    """The rows of `gifts` in their order. As many statements for one as for a hundred."""
    found = list(gifts)
    ids = [gift.pk for gift in found]
    terms = terms_in_force(gift_ids=ids)
    anchors = anchors_of(gifts=found)
    troubles = _troubles(ids)
    in_the_air, skipped = _acts_that_count(ids)
    return [
        _row(
            gift=gift,
            terms=terms[gift.pk],
            anchor_at=anchors.get(gift.pk),
            trouble=troubles.get(gift.pk),
            doubt=in_the_air.get(gift.pk),
            skipped=gift.pk in skipped,
            now=now,
        )
        for gift in found
        if gift.pk in terms
    ]


def act_row(act: MonthlyAct, *, for_staff: bool) -> ActRow:
    """An act as a page shows it."""
    by_staff = act.actor_id is not None
    return ActRow(
        act_id=act.pk,
        verb=ActVerb(act.verb),
        state=ActState(act.state),
        requested_at=act.requested_at,
        closed_at=act.closed_at,
        by_staff=by_staff,
        told=None if act.told is None else Told.from_json(act.told),
        failure_kind=act.failure_kind,
        actor=str(act.actor) if for_staff and by_staff else "",
        reason=act.reason if for_staff else "",
    )


def _troubles(ids: list[int]) -> dict[int, TroubleRow]:
    """The newest open one of each gift."""
    rows = RenewalTrouble.objects.filter(gift__in=ids, state__in=OPEN_TROUBLE).order_by("pk")
    return {
        row.gift_id: TroubleRow(
            trouble_id=row.pk,
            state=TroubleState(row.state),
            amount_minor=row.amount_minor,
            due_on=row.due_on,
            attempts=row.attempts,
            next_try_on=warsaw_day(row.next_try_at) if row.next_try_at else None,
        )
        for row in rows
    }


def _acts_that_count(ids: list[int]) -> tuple[dict[int, ActRow], set[int]]:
    """The act in the air of each gift, and the gifts whose last pause was a skip."""
    acts = MonthlyAct.objects.filter(gift__in=ids)
    in_the_air = {act.gift_id: act_row(act, for_staff=False) for act in acts.filter(state__in=IN_THE_AIR)}
    pauses = acts.filter(verb__in=(ActVerb.SKIP, ActVerb.PAUSE), state=ActState.CONFIRMED).order_by("gift_id", "-pk")
    last = dict(pauses.distinct("gift_id").values_list("gift_id", "verb"))
    return in_the_air, {gift_id for gift_id, verb in last.items() if verb == ActVerb.SKIP}


def _row(
    *,
    gift: MonthlyGift,
    terms: MonthlyTerms,
    anchor_at: datetime | None,
    trouble: TroubleRow | None,
    doubt: ActRow | None,
    skipped: bool,
    now: datetime,
) -> MonthlyRow:
    paused = gift.paused_until if gift.paused_until is not None and gift.paused_until > now else None
    state = MonthlyState(gift.state)
    return MonthlyRow(
        gift_id=gift.pk,
        donor_id=gift.donor_id,
        token=gift.token,
        kind=MonthlyKind(gift.kind),
        state=state,
        standing=standing_of(gift=gift, skipped=skipped, trouble=trouble.state if trouble else None, now=now),
        currency=gift.currency,
        sum_minor=terms.gross_minor,
        lines_minor=terms.lines_minor,
        cover_fee_minor=terms.cover_fee_minor,
        interval=Interval(terms.interval),
        day=terms.day,
        terms_version=terms.version,
        lines=page_lines(terms.lines.all()),
        next_dates=next_dates(gift=gift, terms=terms, anchor_at=anchor_at, now=now),
        paused_until=None if paused is None or skipped else warsaw_day(paused),
        skipped_on=skipped_day(paused_until=paused) if paused is not None and skipped else None,
        created_at=gift.created_at,
        began_on=warsaw_day(gift.began_at) if gift.began_at else None,
        ended_on=warsaw_day(gift.cancelled_at) if gift.cancelled_at else None,
        cancel_reason=gift.cancel_reason,
        method_kind=gift.method_kind,
        method_expires=gift.method_expires,
        receipt_policy=ReceiptPolicy(gift.receipt_policy),
        language=gift.language,
        checkout_url=gift.checkout_url if state is MonthlyState.CHECKOUT_OPEN else None,
        trouble=trouble,
        doubt=doubt,
        can=possible_acts(gift=gift, in_the_air=doubt is not None, in_trouble=trouble is not None, now=now),
    )
