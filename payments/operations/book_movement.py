"""Booking what stands behind one row of the provider's own books."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from core.models import User
from core.trail import record
from ledger.accounts import ADMIN, STRIPE_CLEARING, UNMATCHED, fund_account
from ledger.models import EntryKind, FundUse, JournalEntry
from ledger.operations import Line, post
from payments import current_provider
from payments.failures import FailureKind
from payments.models import BalanceMovement, Charge, MatterKind, Refund, StaffMatter
from payments.operations.book_charge import BOOKS_CURRENCY
from payments.operations.book_dispute import take_in_dispute
from payments.operations.book_fee import book_account_fee
from payments.operations.book_payout import apply_payout, book_payout_movement
from payments.operations.book_refund import apply_refund
from payments.operations.matters import MatterClosed, open_matter, settle_matter
from payments.operations.monthly.invoices import book_any_charge
from payments.operations.movements import mirror
from payments.provider import MovementFacts, MovementKind, ProviderRefused


class NotInOurCurrency(Exception):
    """A movement in another currency than the books': what it is worth is nobody's guess. To be expected, and refused."""


BOOKED_BY_THEMSELVES = (MovementKind.FEE, MovementKind.PAYOUT)
"""Movements that stand for themselves; the others belong to a charge, a refund or a dispute."""


def book_movement(*, facts: MovementFacts, now: datetime) -> int:
    """Book what stands behind one row of the provider's books, unless it is booked. Says how many it booked.

    Called outside any database transaction. Raises ProviderUnavailable, ProviderRefused, WrongMode.
    """
    if facts.kind is MovementKind.CHARGE:
        if Charge.objects.filter(movement__ref=facts.ref, booked_minor__isnull=False).exists():
            return 0
        book_any_charge(facts=current_provider().fetch_charge(ref=facts.source_ref), now=now)
        return 1
    if facts.kind in (MovementKind.REFUND, MovementKind.REFUND_FAILED):
        return _book_refund(facts=facts, now=now)
    if facts.kind is MovementKind.DISPUTE:
        return _book_dispute(facts=facts, now=now)
    if BalanceMovement.objects.filter(ref=facts.ref).exists():
        return 0
    with transaction.atomic():
        row = mirror(facts=facts, now=now)
        if facts.kind is MovementKind.FEE and row.currency == BOOKS_CURRENCY:
            book_account_fee(movement=row, fee_minor=-row.net_minor, now=now)
        elif facts.kind is MovementKind.PAYOUT:
            book_payout_movement(movement=row, now=now)
    if facts.kind is MovementKind.PAYOUT and facts.source_ref:
        # its parts come with its own notice, or with the nightly look at every payout
        apply_payout(facts=current_provider().fetch_payout(ref=facts.source_ref), parts=None, now=now)
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


def _book_dispute(*, facts: MovementFacts, now: datetime) -> int:
    if BalanceMovement.objects.filter(ref=facts.ref, of_dispute__isnull=False).exists():
        return 0
    try:
        if facts.source_ref:
            take_in_dispute(ref=facts.source_ref, now=now)
    except ProviderRefused as error:
        if error.kind is not FailureKind.NOT_FOUND:
            raise
    row = mirror(facts=facts, now=now)
    counted = BalanceMovement.objects.filter(pk=row.pk, of_dispute__isnull=False).exists()
    subject = f"dispute:{facts.source_ref or facts.ref}"
    if counted:
        settle_matter(kind=MatterKind.DISPUTE_UNCOUNTED, subject=subject, because="it has its dispute", now=now)
        return 1
    told = {"movement": facts.ref, "net_minor": facts.net_minor, "currency": facts.currency}
    open_matter(kind=MatterKind.DISPUTE_UNCOUNTED, subject=subject, facts=told, now=now)
    return 0


def unexplained_movements() -> QuerySet[BalanceMovement]:
    """Rows of the provider's books that nothing of ours stands for, oldest first. What moved nothing needs nothing."""
    by_hand = JournalEntry.objects.filter(reference=Concat(Value("movement:"), OuterRef("ref")))
    rows = BalanceMovement.objects.filter(charge=None, refund=None, failed_refund=None, of_dispute=None)
    rows = rows.exclude(kind__in=[kind.value for kind in BOOKED_BY_THEMSELVES], currency=BOOKS_CURRENCY)
    rows = rows.exclude(kind=MovementKind.OTHER.value, net_minor=0)
    return rows.exclude(Exists(by_hand)).order_by("created_at")


def book_by_hand(*, matter_id: int, owed: bool, reason: str, actor: User, now: datetime) -> StaffMatter:
    """Somebody has found out what an unknown movement is: a running cost (or its return) on ADMIN, or, with `owed`, money
    that belongs to somebody else. It is booked whole, and leaves the queue.

    Raises MatterClosed, NotInOurCurrency, core.trail.ReasonMissing.
    """
    with transaction.atomic():
        matter = StaffMatter.objects.select_for_update().get(pk=matter_id)
        if matter.resolved_at is not None or matter.kind != MatterKind.MOVEMENT_UNKNOWN:
            raise MatterClosed(matter_id=matter_id)
        movement = BalanceMovement.objects.get(ref=matter.subject.removeprefix("movement:"))
        if movement.currency != BOOKS_CURRENCY:
            raise NotInOurCurrency(movement.ref)
        other = UNMATCHED if owed else fund_account(ADMIN, FundUse.FEES)
        facts = {"movement": movement.ref, "net_minor": movement.net_minor, "on": other}
        record(actor=actor, act="movement_booked", subject=f"matter:{matter.pk}", reason=reason, now=now, facts=facts)
        post(
            reference=f"movement:{movement.ref}",
            kind=EntryKind.UNMATCHED if owed else EntryKind.PROCESSOR_FEE,
            event_at=movement.created_at,
            lines=[
                Line(account=STRIPE_CLEARING, amount_minor=movement.net_minor),
                Line(account=other, amount_minor=-movement.net_minor),
            ],
            now=now,
        )
        matter.resolved_at, matter.resolved_by, matter.resolution = now, actor, reason.strip()
        matter.save(update_fields=["resolved_at", "resolved_by", "resolution"])
    return matter
