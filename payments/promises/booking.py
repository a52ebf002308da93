"""Promises 3, 7 and 11: what the provider did stands in the books, once, and they agree."""

from typing import Any

from django.db.models import QuerySet, Sum

from ledger.accounts import STRIPE_CLEARING
from ledger.audit import Checked, Finding
from ledger.models import EntryKind, JournalEntry, Posting
from payments.models import (
    BalanceMovement,
    Charge,
    ChargeOutcome,
    Dispute,
    DisputeMovement,
    Refund,
    RefundState,
)
from payments.models.dispute import DECIDED
from payments.models.refund import BOOKED_STATES
from payments.operations.book_charge import BOOKS_CURRENCY
from payments.operations.book_movement import unexplained_movements
from payments.provider import MovementKind

Expected = dict[str, int]


def booked_once() -> Checked:
    """Promise 3: the effect on clearing of each reference is what the provider said, and no other reference is there."""
    expected = {**_charges(), **_refunds(), **_disputes(), **_movements()}
    booked = _clearing_by_reference()
    findings = [
        Finding(message=f"{reference}: the provider says {minor}, the books say {booked.get(reference, 0)}")
        for reference, minor in expected.items()
        if booked.get(reference, 0) != minor
    ]
    findings += [
        Finding(message=f"{reference}: {minor} in the books that no object of the provider stands for")
        for reference, minor in booked.items()
        if reference not in expected and minor
    ]
    findings += [
        Finding(message=f"balance movement {row.ref} ({row.category}, {row.net_minor}) is not booked")
        for row in unexplained_movements()
    ]
    return Checked(count=len(expected), findings=findings)


def _charges() -> Expected:
    prefix = {ChargeOutcome.GIFT.value: "gift", ChargeOutcome.UNMATCHED.value: "unmatched"}
    rows = Charge.objects.filter(booked_minor__isnull=False).values_list("outcome", "ref", "booked_minor")
    return {f"{prefix[outcome]}:{ref}": minor or 0 for outcome, ref, minor in rows}


def _refunds() -> Expected:
    expected: Expected = {}
    rows = Refund.objects.filter(booked_minor__isnull=False).values_list(
        *("pk", "booked_minor", "state", "charge__currency", "movement__ref", "movement__amount_minor"),
        *("failure_movement__ref", "failure_movement__amount_minor"),
    )
    for pk, booked, state, currency, ref, moved, failure_ref, failure_moved in rows:
        minor, is_foreign = booked or 0, currency != BOOKS_CURRENCY
        expected[f"refund:{pk}"] = -minor
        if is_foreign and ref is not None:
            expected[f"fx:{ref}"] = moved + minor
        if state == RefundState.FAILED:
            expected[f"refund-failed:{pk}"] = minor
            if is_foreign and failure_ref is not None:
                expected[f"fx:{failure_ref}"] = failure_moved - minor
    return expected


def _disputes() -> Expected:
    expected: Expected = {}
    rows = DisputeMovement.objects.values_list(
        "booked_minor", "movement__ref", "movement__amount_minor", "movement__fee_minor"
    )
    for booked, ref, amount, fee in rows:
        expected[f"{'chargeback' if booked < 0 else 'chargeback-won'}:{ref}"] = booked
        expected[f"fx:{ref}"] = amount - booked
        expected[f"dispute-fee:{ref}"] = -fee
    return expected


def _movements() -> Expected:
    """Fees of charges, fees of the account, payouts, and what staff booked by hand."""
    expected: Expected = {}
    by_hand = set(JournalEntry.objects.filter(reference__startswith="movement:").values_list("reference", flat=True))
    rows = BalanceMovement.objects.values_list("ref", "kind", "amount_minor", "fee_minor", "net_minor")
    for ref, kind, amount, fee, net in rows:
        if kind == MovementKind.FEE.value:
            expected[f"fee:{ref}"] = net
        elif kind == MovementKind.PAYOUT.value:
            expected |= {f"payout:{ref}": amount, f"fee:{ref}": -fee}
        elif kind == MovementKind.OTHER.value:
            if f"movement:{ref}" in by_hand:
                expected[f"movement:{ref}"] = net
        elif fee and kind != MovementKind.DISPUTE.value:
            expected[f"fee:{ref}"] = -fee
    return expected


def _clearing_by_reference() -> Expected:
    rows = (
        Posting.objects.filter(account__code=STRIPE_CLEARING)
        .exclude(entry__kind=EntryKind.OPENING)
        .values_list("entry__reference")
        .annotate(total=Sum("amount_minor"))
    )
    return dict(rows)


def refunds_within_captured() -> Checked:
    """Promise 7, in the currency that the donor paid: what went back by refund and what a bank holds or keeps. The
    donation shows what went back for good."""
    findings: list[Finding] = []
    refunded = _by_charge(Refund.objects.filter(state__in=BOOKED_STATES), "amount_minor")
    taken = _by_charge(Dispute.objects.filter(taken_minor__gt=0), "taken_minor")
    kept = _by_charge(Dispute.objects.filter(state__in=DECIDED), "taken_minor")
    charges = Charge.objects.filter(pk__in={*refunded, *taken}).select_related("donation")
    for charge in charges:
        given_back = refunded.get(charge.pk, 0) + taken.get(charge.pk, 0)
        if not 0 <= given_back <= charge.amount_minor:
            findings.append(Finding(message=f"charge {charge.ref}: {given_back} given back of {charge.amount_minor}"))
        gift_of = charge.donation if charge.outcome == ChargeOutcome.GIFT else None
        for_good = refunded.get(charge.pk, 0) + kept.get(charge.pk, 0)
        if gift_of is not None and gift_of.refunded_minor != for_good:
            findings.append(
                Finding(message=f"{gift_of}: shows {gift_of.refunded_minor} refunded, what went back is {for_good}")
            )
    return Checked(count=len(charges), findings=findings)


def _by_charge(rows: QuerySet[Any], field: str) -> dict[int, int]:
    return dict(rows.values_list("charge").annotate(total=Sum(field)))


def clearing_is_the_providers() -> Checked:
    """Promise 11: clearing = opening + every balance movement + what is booked and not yet in the provider's books."""
    clearing = _sum(Posting.objects.filter(account__code=STRIPE_CLEARING), "amount_minor")
    opening = _sum(Posting.objects.filter(account__code=STRIPE_CLEARING, entry__kind=EntryKind.OPENING), "amount_minor")
    movements = _sum(BalanceMovement.objects.all(), "net_minor")
    on_the_way = _sum(Charge.objects.filter(movement=None, booked_minor__isnull=False), "booked_minor")
    refunds = Refund.objects.filter(booked_minor__isnull=False)
    on_the_way -= _sum(refunds.filter(movement=None), "booked_minor")
    on_the_way += _sum(refunds.filter(state=RefundState.FAILED, failure_movement=None), "booked_minor")
    findings = []
    if clearing != opening + movements + on_the_way:
        findings.append(
            Finding(
                message=f"clearing is {clearing}; the provider's books are {movements}, opening {opening}, "
                f"on the way {on_the_way}: a difference of {clearing - opening - movements - on_the_way}"
            )
        )
    return Checked(count=BalanceMovement.objects.count(), findings=findings)


def _sum(rows: QuerySet[Any], field: str) -> int:
    return int(rows.aggregate(total=Sum(field))["total"] or 0)
