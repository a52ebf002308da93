"""At the end of all days: our ledger against the stand-in's own books, to the grosz, and what must never have happened."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from ledger.accounts import STRIPE_CLEARING
from ledger.queries import account_balance
from payments.models import (
    Charge,
    ChargeOutcome,
    Donation,
    MonthlyAct,
    MonthlyGift,
    MonthlySubscription,
    UnmatchedPayment,
    UnmatchedReason,
)
from payments.monthly_calendar import warsaw_day
from payments.monthly_states import ActState, ActVerb, MonthlyKind, MonthlyState

LIVES_THERE = {"trialing", "active", "past_due", "unpaid", "paused", "incomplete"}


def differences(books: dict[str, Any]) -> list[str]:
    """Every sentence is a promise that did not hold; none at all is what is wanted."""
    return [
        *_balance(books),
        *_renewals(books),
        *_periods(books),
        *_after_the_end(books),
        *_states(books),
        *_unmatched(),
    ]


def _unmatched() -> list[str]:
    """Only money of an ended gift may wait for staff here: nobody pays a wrong sum, and nobody pays twice."""
    rows = UnmatchedPayment.objects.exclude(reason=UnmatchedReason.AFTER_CANCELLATION).select_related("charge")
    return [f"charge {row.charge.ref} can't be placed: {row.reason}" for row in rows]


def _balance(books: dict[str, Any]) -> list[str]:
    ours, theirs = account_balance(code=STRIPE_CLEARING), books["balance"]
    return [] if ours == theirs else [f"clearing holds {ours}, the provider {theirs}"]


def _renewals(books: dict[str, Any]) -> list[str]:
    """Each paid renewal is one donation of its sum, or waits for staff; and we have no renewal that isn't there."""
    found = []
    paid = {each["invoice"]: each for row in books["subscriptions"].values() for each in row["paid"] if each["charge"]}
    ours = {
        row.invoice_ref: row for row in Donation.objects.filter(invoice_ref__isnull=False, settled_at__isnull=False)
    }
    unmatched = set(Charge.objects.filter(outcome=ChargeOutcome.UNMATCHED).values_list("ref", flat=True))
    for ref, each in paid.items():
        if each["charge"] in unmatched:
            continue
        donation = ours.get(ref)
        if donation is None:
            found.append(f"renewal {ref} is paid and no donation of ours")
        elif donation.gross_minor != each["amount"]:
            found.append(f"renewal {ref}: {each['amount']} there, {donation.gross_minor} with us")
    return found + [f"donation of renewal {ref}, which is not paid there" for ref in ours.keys() - paid.keys()]


def _periods(books: dict[str, Any]) -> list[str]:
    """No gift was charged twice for one day, over all the subscriptions that served it."""
    charged: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in books["subscriptions"].values():
        for each in row["paid"]:
            if each["charge"]:
                day = warsaw_day(datetime.fromtimestamp(each["period_start"], tz=UTC)).isoformat()
                charged[row["metadata"]["monthly_gift"], day].append(each["invoice"])
    return [f"gift {gift}: {len(refs)} charges for {day}" for (gift, day), refs in charged.items() if len(refs) > 1]


def _after_the_end(books: dict[str, Any]) -> list[str]:
    """Nothing was taken between a confirmed end and the next beginning."""
    found = []
    verbs = (ActVerb.CANCEL, ActVerb.RESTART, ActVerb.SWITCH_KIND)
    acts = MonthlyAct.objects.filter(verb__in=verbs, state=ActState.CONFIRMED).order_by("gift_id", "closed_at", "pk")
    rests: dict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for act in acts:
        spans = rests[str(act.gift_id)]
        assert act.closed_at is not None
        if act.verb == ActVerb.CANCEL:
            spans.append((act.closed_at, None))
        elif spans and spans[-1][1] is None:
            spans[-1] = (spans[-1][0], act.requested_at)
    for row in books["subscriptions"].values():
        for each in row["paid"]:
            at = datetime.fromtimestamp(each["paid_at"], tz=UTC)
            for ended, began in rests[row["metadata"]["monthly_gift"]]:
                if each["charge"] and at > ended and (began is None or at < began):
                    found.append(f"gift {row['metadata']['monthly_gift']} ended at {ended}, charged at {at}")
    return found


def _states(books: dict[str, Any]) -> list[str]:
    """Each gift stands as its subscription does; nothing of an ended one lives on."""
    found = []
    rows = books["subscriptions"]
    for gift in MonthlyGift.objects.filter(kind=MonthlyKind.AUTOMATIC).exclude(subscription_ref=None):
        theirs = rows[gift.subscription_ref]["status"].replace("canceled", "cancelled")
        if theirs != gift.state:
            found.append(f"gift {gift.pk} is {gift.state}, its subscription {theirs}")
    in_force = set(MonthlyGift.objects.exclude(state=MonthlyState.CANCELLED).values_list("subscription_ref", flat=True))
    lives_on = [
        f"subscription {row.ref} of gift {row.gift_id} lives on"
        for row in MonthlySubscription.objects.all()
        if rows[row.ref]["status"] in LIVES_THERE and row.ref not in in_force
    ]
    return found + lives_on
