"""Monthly gifts for tests: written as rows, as if their page had been confirmed."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.trail import record
from ledger.models import Fund
from payments.fee import cover_fee_for
from payments.models import (
    MonthlyAct,
    MonthlyGift,
    MonthlyLine,
    MonthlySubscription,
    MonthlyTerms,
    RenewalTrouble,
)
from payments.monthly_calendar import first_charge_at, warsaw_day
from payments.monthly_states import (
    ActState,
    ActVerb,
    Interval,
    MonthlyKind,
    MonthlyState,
    TroubleState,
)
from payments.operations import FrozenLine
from tests.factories.donors import make_donor
from tests.factories.ledger import make_books
from tests.factories.payments import CANCEL, FALLBACK, RETURN, TERMS
from tests.factories.time import NOW

NIGHT_EACH_MONTH = FrozenLine(
    title="Ciepła noc", fund_code="WARM-NIGHT", unit_minor=5_000, quantity=1, fallback=FALLBACK
)
FOREST_EACH_MONTH = FrozenLine(title="Las", fund_code="FOREST", unit_minor=3_000, quantity=1, fallback=FALLBACK)
TOLD = {
    "sum_minor": 5_000,
    "currency": "PLN",
    "interval": "month",
    "next_dates": [],
    "paused_until": None,
    "state": "active",
}


def make_terms(
    *,
    gift: MonthlyGift,
    lines: Sequence[FrozenLine] = (NIGHT_EACH_MONTH,),
    interval: Interval = Interval.MONTH,
    day: int = 1,
    cover_fee: bool = False,
    now: datetime = NOW,
) -> MonthlyTerms:
    """The next version of what is given. Only an act that was confirmed brings a later one into force."""
    total = sum(line.unit_minor * line.quantity for line in lines)
    fee = cover_fee_for(total_minor=total) if cover_fee else 0
    terms = MonthlyTerms.objects.create(
        gift=gift,
        version=MonthlyTerms.objects.filter(gift=gift).count() + 1,
        interval=interval,
        day=day,
        lines_minor=total,
        cover_fee_minor=fee,
        gross_minor=total + fee,
        because="test",
        created_at=now,
    )
    for position, line in enumerate(lines):
        MonthlyLine.objects.create(terms=terms, position=position, **asdict(line))
    return terms


def make_monthly(
    *,
    intent_key: str = "monthly-of-zofia",
    donor_id: int | None = None,
    kind: MonthlyKind = MonthlyKind.AUTOMATIC,
    state: MonthlyState = MonthlyState.ACTIVE,
    lines: Sequence[FrozenLine] = (NIGHT_EACH_MONTH,),
    interval: Interval = Interval.MONTH,
    day: int = 1,
    cover_fee: bool = False,
    anchor_at: datetime | None = None,
    now: datetime = NOW,
    **given: Any,
) -> MonthlyGift:
    """A monthly gift with its first terms and, when it is paid by itself, the row of its subscription."""
    if not Fund.objects.filter(code="WARM-NIGHT").exists():
        make_books(now=now)
    by_itself = kind is MonthlyKind.AUTOMATIC
    first_at = anchor_at or first_charge_at(day=day, after=now)
    begun = state not in (MonthlyState.DRAFT, MonthlyState.CHECKOUT_OPEN, MonthlyState.EXPIRED)
    facts: dict[str, Any] = {
        "kind": kind,
        "state": state,
        "donor_id": donor_id or make_donor(),
        "intent_key": intent_key,
        "content_digest": "d" * 64,
        "token": f"token-{intent_key}"[:43],
        "language": "pl",
        "terms_version": TERMS,
        "success_url": RETURN.format(token="monthly"),
        "cancel_url": CANCEL,
        "next_charge_at": first_at if begun and state is not MonthlyState.CANCELLED else None,
        "began_at": now if begun else None,
        "cancelled_at": now if state is MonthlyState.CANCELLED else None,
        "created_at": now,
    }
    if by_itself and begun:
        facts |= {
            "customer_ref": f"cus_{intent_key}",
            "subscription_ref": f"sub_{intent_key}",
            "method_ref": f"pm_{intent_key}",
            "method_kind": "card",
            "method_expires": 203012,
        }
    gift = MonthlyGift.objects.create(**{**facts, **given})
    make_terms(gift=gift, lines=lines, interval=interval, day=day, cover_fee=cover_fee, now=now)
    if gift.subscription_ref:
        MonthlySubscription.objects.create(
            gift=gift,
            ref=gift.subscription_ref,
            customer_ref=gift.customer_ref,
            began_at=now,
            anchor_at=first_at,
            ended_at=gift.cancelled_at,
        )
    return gift


def make_act(
    *,
    gift: MonthlyGift,
    verb: ActVerb = ActVerb.CHANGE,
    state: ActState = ActState.CONFIRMED,
    noted: bool = True,
    now: datetime = NOW,
    **given: Any,
) -> MonthlyAct:
    """An act as a row, without anything having been done; one that is closed stands in the trail, if `noted`."""
    number = MonthlyAct.objects.count()
    act = MonthlyAct.objects.create(
        **{
            "gift": gift,
            "verb": verb,
            "request_key": f"form-{number}",
            "state": state,
            "told": TOLD if state is ActState.CONFIRMED else None,
            "requested_at": now,
            "closed_at": now if state in (ActState.CONFIRMED, ActState.REFUSED) else None,
            **given,
        }
    )
    if noted and act.closed_at is not None:
        record(
            actor=act.actor,
            act=f"monthly.{verb}",
            subject=str(gift),
            reason=act.reason or "test",
            now=now,
            facts={"monthly_act": act.pk},
        )
    return act


def make_trouble(
    *, gift: MonthlyGift, state: TroubleState = TroubleState.RETRYING, now: datetime = NOW, **given: Any
) -> RenewalTrouble:
    """A renewal of `gift` that failed."""
    return RenewalTrouble.objects.create(
        **{
            "gift": gift,
            "invoice_ref": f"in_{gift.pk}",
            "state": state,
            "amount_minor": 5_000,
            "due_on": warsaw_day(now),
            "attempts": 1,
            "found_at": now,
            "moved_at": now,
            **given,
        }
    )
