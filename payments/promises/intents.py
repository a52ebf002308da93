"""Promises 4, 5, 6 and 8: money and intents belong together."""

from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Concat

from ledger.audit import Checked, Finding
from ledger.models import EntryKind, JournalEntry
from payments.models import (
    BalanceMovement,
    Charge,
    ChargeOutcome,
    Cursor,
    Donation,
    DonationTransition,
    UnmatchedPayment,
)
from payments.operations.compare import CURSOR
from payments.provider import MovementKind
from payments.states import RECEIVED, DonationState

GIFT = "gift:"
PAID_BEFORE_INTENT_BY = timedelta(minutes=5)
"""Two clocks may differ by this much."""


def gift_has_charge_and_intent() -> Checked:
    """Promise 4. Gifts that came by bank or in cash have other references and another room's checks."""
    entries = JournalEntry.objects.filter(kind=EntryKind.GIFT, reference__startswith=GIFT)
    charges = Charge.objects.annotate(entry_reference=Concat(Value(GIFT), "ref")).filter(
        entry_reference=OuterRef("reference")
    )
    with_intent = charges.filter(outcome=ChargeOutcome.GIFT, donation__isnull=False)
    findings = [
        Finding(message="a gift without a charge that has an intent", entry_id=entry.pk, reference=entry.reference)
        for entry in entries.filter(~Exists(with_intent))
    ]
    gifts = Charge.objects.filter(outcome=ChargeOutcome.GIFT)
    too_late = F("paid_at") + PAID_BEFORE_INTENT_BY
    # a renewal's intent is the version of terms that its invoice was made for
    early = gifts.filter(
        Q(donation__invoice_ref__isnull=True, donation__created_at__gt=too_late)
        | Q(donation__invoice_ref__isnull=False, donation__monthly_terms__created_at__gt=too_late)
    )
    findings += [
        Finding(message=f"charge {charge.ref}: paid at {charge.paid_at}, before the intent was committed")
        for charge in early
    ]
    unexplained = Charge.objects.filter(outcome=ChargeOutcome.UNMATCHED, unmatched=None)
    findings += [Finding(message=f"charge {charge.ref} is unmatched, and no row says why") for charge in unexplained]
    return Checked(count=entries.count(), findings=findings)


def one_gift_per_intent() -> Checked:
    """Promise 5."""
    gifts = Charge.objects.filter(outcome=ChargeOutcome.GIFT)
    several = gifts.values("donation_id").annotate(charges=Count("pk")).filter(charges__gt=1)
    findings = [Finding(message=f"donation:{row['donation_id']}: {row['charges']} gifts") for row in several]
    cancelled = DonationTransition.objects.filter(donation=OuterRef("donation"), to_state=DonationState.CANCELLED)
    findings += [
        Finding(message=f"donation:{charge.donation_id}: a gift after its cancellation was confirmed ({charge.ref})")
        for charge in gifts.filter(Exists(cancelled))
    ]
    return Checked(count=gifts.count(), findings=findings)


def charge_is_the_agreed_sum() -> Checked:
    """Promise 6."""
    donations = Donation.objects.annotate(of_lines=Sum(F("lines__unit_minor") * F("lines__quantity")))
    unequal = donations.filter(
        Q(of_lines=None) | ~Q(lines_minor=F("of_lines")) | ~Q(gross_minor=F("of_lines") + F("cover_fee_minor"))
    )
    findings = [
        Finding(message=f"{row}: lines {row.of_lines} + fee {row.cover_fee_minor} is not {row.gross_minor}")
        for row in unequal
    ]
    wrong = Charge.objects.filter(outcome=ChargeOutcome.GIFT).exclude(
        Q(amount_minor=F("donation__gross_minor")) & Q(currency=F("donation__currency"))
    )
    findings += [
        Finding(message=f"charge {charge.ref}: {charge.amount_minor} {charge.currency} is not what was agreed")
        for charge in wrong
    ]
    return Checked(count=Donation.objects.count(), findings=findings)


def payment_has_its_donation() -> Checked:
    """Promise 8: after a comparison, no charge is without a booking, and each gift's donation shows it."""
    compared = Cursor.objects.filter(name=CURSOR).values_list("moved_at", flat=True).first()
    findings: list[Finding] = []
    if compared is not None:
        without = BalanceMovement.objects.filter(kind=MovementKind.CHARGE.value, charge=None, seen_at__lt=compared)
        findings += [Finding(message=f"balance movement {row.ref} has no charge of ours") for row in without]
        waiting = Charge.objects.filter(booked_minor=None, seen_at__lt=compared - timedelta(days=2))
        findings += [Finding(message=f"charge {charge.ref} is still not booked") for charge in waiting]
    gifts = Charge.objects.filter(outcome=ChargeOutcome.GIFT, booked_minor__isnull=False)
    for charge in gifts.exclude(donation__state__in=RECEIVED).select_related("donation"):
        state = charge.donation.state if charge.donation else "none"
        findings.append(Finding(message=f"charge {charge.ref} succeeded, its donation is {state}"))
    unpaid = Donation.objects.filter(state__in=RECEIVED).exclude(Exists(gifts.filter(donation=OuterRef("pk"))))
    findings += [Finding(message=f"{donation} is {donation.state} without a charge") for donation in unpaid]
    return Checked(count=gifts.count() + UnmatchedPayment.objects.count(), findings=findings)
