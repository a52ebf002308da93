"""The nightly comparison: our intents and books against the provider's."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from ledger.accounts import BANK_IN_TRANSIT, STRIPE_CLEARING
from ledger.models import EntryKind
from ledger.operations import Line, post
from payments import current_provider
from payments.models import BalanceMovement, Charge, Cursor, Donation, Refund
from payments.operations.asking import outside_database_transaction
from payments.operations.book_fee import book_account_fee
from payments.operations.book_refund import apply_refund
from payments.operations.monthly.invoices import book_any_charge
from payments.operations.monthly.nightly import compare_monthly
from payments.operations.movements import mirror
from payments.operations.process import known_donation
from payments.operations.settle import apply_checkout, settle
from payments.operations.transitions import move
from payments.provider import MovementFacts, MovementKind, ProviderError
from payments.states import IN_DOUBT, DonationState

logger = logging.getLogger(__name__)

CURSOR = "balance_movements"
OVERLAP = timedelta(days=3)
"""Read again what was made shortly before the last reading: rows can appear late."""
LATE_SUCCESS_WITHIN = timedelta(days=14)
DRAFT_IS_DEAD_AFTER = timedelta(hours=24)
BOOKED_BY_THEMSELVES = (MovementKind.FEE, MovementKind.PAYOUT)
"""Movements that stand for themselves; the others belong to a charge or a refund."""
BEGINNING = datetime.fromisoformat("2020-01-01T00:00:00+00:00")


@dataclass
class Comparison:
    """What the comparison looked at and what it found."""

    checkouts: int = 0
    movements: int = 0
    booked: int = 0
    unexplained: list[str] = field(default_factory=list)


def compare_with_provider(*, now: datetime) -> Comparison:
    """Look again at every payment page that could still matter, then walk the provider's books and book what is missing.

    Called outside any database transaction; may run any number of times. Raises ProviderUnavailable, ProviderRefused
    when a whole list can't be read; trouble with a single object is named in `unexplained`.
    """
    outside_database_transaction()
    result = Comparison()
    _look_at_pages(result=result, now=now)
    _find_lost_drafts(result=result, now=now)
    result.unexplained += compare_monthly(now=now)
    cursor = Cursor.objects.filter(name=CURSOR).first()
    since = cursor.moved_at - OVERLAP if cursor is not None else BEGINNING
    # oldest first, so that a charge is booked before its refund
    for facts in reversed(list(current_provider().list_movements(created_since=since))):
        result.movements += 1
        try:
            result.booked += book_movement(facts=facts, now=now)
        except ProviderError as error:
            result.unexplained.append(f"{facts.ref} {facts.category}: {error.kind.value}")
    result.unexplained += [f"{row.ref} {row.category}" for row in unexplained_movements()]
    Cursor.objects.update_or_create(name=CURSOR, defaults={"moved_at": now})
    if result.unexplained:
        logger.error("provider_books_differ", extra={"movements": result.unexplained})
    return result


def _look_at_pages(*, result: Comparison, now: datetime) -> None:
    doubtful = Donation.objects.filter(state__in=IN_DOUBT) | Donation.objects.filter(
        state__in=(DonationState.EXPIRED, DonationState.FAILED), created_at__gt=now - LATE_SUCCESS_WITHIN
    )
    for pk in list(doubtful.exclude(charges__unmatched__isnull=False).values_list("pk", flat=True)):
        result.checkouts += 1
        try:
            settle(donation_id=pk, now=now)
        except ProviderError as error:
            result.unexplained.append(f"donation:{pk}: {error.kind.value}")


def _find_lost_drafts(*, result: Comparison, now: datetime) -> None:
    """A draft whose key the provider has forgotten: its page is among those listed, or it never was."""
    lost = list(
        Donation.objects.filter(
            state=DonationState.DRAFT, checkout_ref=None, created_at__lt=now - DRAFT_IS_DEAD_AFTER
        ).order_by("created_at")
    )
    if not lost:
        return
    provider = current_provider()
    since = lost[0].created_at - timedelta(minutes=5)
    ours = {
        known_donation(donation_ref=page.donation_ref): page for page in provider.list_checkouts(created_since=since)
    }
    for donation in lost:
        page = ours.get(donation.pk)
        if page is not None:
            apply_checkout(donation_id=donation.pk, facts=provider.fetch_checkout(ref=page.ref), now=now)
            continue
        with transaction.atomic():
            locked = Donation.objects.select_for_update().get(pk=donation.pk)
            if locked.state == DonationState.DRAFT:
                move(donation=locked, to_state=DonationState.EXPIRED, because="the provider has no page", now=now)
                locked.save(update_fields=["state"])
        result.checkouts += 1


def book_movement(*, facts: MovementFacts, now: datetime) -> int:
    """Book what stands behind one row of the provider's books, unless it is booked. Says how many it booked."""
    if facts.kind is MovementKind.CHARGE:
        if Charge.objects.filter(movement__ref=facts.ref, booked_minor__isnull=False).exists():
            return 0
        book_any_charge(facts=current_provider().fetch_charge(ref=facts.source_ref), now=now)
        return 1
    if facts.kind in (MovementKind.REFUND, MovementKind.REFUND_FAILED):
        return _book_refund(facts=facts, now=now)
    if BalanceMovement.objects.filter(ref=facts.ref).exists():
        return 0
    with transaction.atomic():
        row = mirror(facts=facts, now=now)
        if facts.kind is MovementKind.FEE:
            book_account_fee(movement=row, now=now)
        elif facts.kind is MovementKind.PAYOUT:
            _book_payout(movement=row, now=now)
    return int(facts.kind in BOOKED_BY_THEMSELVES)


def _book_refund(*, facts: MovementFacts, now: datetime) -> int:
    field_name = "movement__ref" if facts.kind is MovementKind.REFUND else "failure_movement__ref"
    if Refund.objects.filter(**{field_name: facts.ref}).exists() or not facts.source_ref:
        return 0
    provider = current_provider()
    refund = provider.fetch_refund(ref=facts.source_ref)
    if refund.charge_ref and not Charge.objects.filter(ref=refund.charge_ref, booked_minor__isnull=False).exists():
        book_any_charge(facts=provider.fetch_charge(ref=refund.charge_ref), now=now)
    apply_refund(facts=refund, now=now)
    return 1


def _book_payout(*, movement: BalanceMovement, now: datetime) -> None:
    post(
        reference=f"payout:{movement.ref}",
        kind=EntryKind.PAYOUT,
        event_at=movement.created_at,
        lines=[
            Line(account=BANK_IN_TRANSIT, amount_minor=-movement.net_minor),
            Line(account=STRIPE_CLEARING, amount_minor=movement.net_minor),
        ],
        now=now,
    )


def unexplained_movements() -> list[BalanceMovement]:
    """Rows of the provider's books that nothing of ours stands for."""
    rows = BalanceMovement.objects.filter(charge=None, refund=None, failed_refund=None)
    return list(rows.exclude(kind__in=[kind.value for kind in BOOKED_BY_THEMSELVES]).order_by("created_at"))
