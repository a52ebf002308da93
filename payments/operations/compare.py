"""The nightly comparison: our intents and books against the provider's."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from payments import current_provider
from payments.models import Cursor, Dispute, Donation, MatterKind, Payout, StaffMatter
from payments.models.dispute import NOT_DECIDED
from payments.models.payout import MOVING
from payments.operations.asking import outside_database_transaction
from payments.operations.book_dispute import take_in_dispute
from payments.operations.book_movement import book_movement, unexplained_movements
from payments.operations.fraud import take_in_warning
from payments.operations.late import charges_without_movement
from payments.operations.matters import open_matter
from payments.operations.monthly.nightly import compare_monthly
from payments.operations.payouts import take_in_payout
from payments.operations.process import known_donation
from payments.operations.settle import apply_checkout, settle
from payments.operations.transitions import move
from payments.provider import MovementKind, ProviderError
from payments.states import IN_DOUBT, DonationState

logger = logging.getLogger(__name__)

CURSOR = "balance_movements"
READ_AGAIN_FROM = "balance_movements_again"
"""The oldest movement that could not be booked the last time: read again, however long that goes on."""
OVERLAP = timedelta(days=3)
"""Read again what was made shortly before the last reading: rows can appear late."""
LATE_SUCCESS_WITHIN = timedelta(days=14)
DRAFT_IS_DEAD_AFTER = timedelta(hours=24)
MOVEMENT_IS_LATE_AFTER = timedelta(days=2)
PAYOUT_TAKES = timedelta(days=10)
"""A payout that was paid can still come back within some working days."""
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
    cursors = Cursor.objects.filter(name__in=(CURSOR, READ_AGAIN_FROM)).values_list("moved_at", flat=True)
    since = min(cursors) - OVERLAP if cursors else BEGINNING
    read_again_from = now
    # oldest first, so that a charge is booked before its refund
    for facts in reversed(list(current_provider().list_movements(created_since=since))):
        result.movements += 1
        before = len(result.unexplained)
        with _naming(f"{facts.ref} {facts.category}", result):
            result.booked += book_movement(facts=facts, now=now)
        if len(result.unexplained) > before:
            read_again_from = min(read_again_from, facts.created_at)
    _look_at_money(result=result, since=since, now=now)
    _queue(result=result, now=now)
    for name, moved_at in ((CURSOR, now), (READ_AGAIN_FROM, read_again_from)):
        Cursor.objects.update_or_create(name=name, defaults={"moved_at": moved_at})
    if result.unexplained:
        logger.error("provider_books_differ", extra={"movements": result.unexplained})
    return result


def _look_at_pages(*, result: Comparison, now: datetime) -> None:
    doubtful = Donation.objects.filter(state__in=IN_DOUBT) | Donation.objects.filter(
        state__in=(DonationState.EXPIRED, DonationState.FAILED), created_at__gt=now - LATE_SUCCESS_WITHIN
    )
    for pk in list(doubtful.exclude(charges__unmatched__isnull=False).values_list("pk", flat=True)):
        result.checkouts += 1
        with _naming(f"donation:{pk}", result):
            settle(donation_id=pk, now=now)


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


def _look_at_money(*, result: Comparison, since: datetime, now: datetime) -> None:
    """Payouts, disputes and warnings whose notices never came, and those that are not decided yet."""
    provider = current_provider()
    undecided = Payout.objects.filter(Q(state__in=MOVING) | Q(automatic=True, reconciled_at=None))
    differing = StaffMatter.objects.filter(kind=MatterKind.PAYOUT_DIFFERS, resolved_at__isnull=True)
    payouts = {facts.ref for facts in provider.list_payouts(created_since=since - PAYOUT_TAKES)}
    payouts |= set(undecided.values_list("ref", flat=True))
    payouts |= {subject.removeprefix("payout:") for subject in differing.values_list("subject", flat=True)}
    disputes = {facts.ref for facts in provider.list_disputes(created_since=since)}
    disputes |= set(Dispute.objects.filter(state__in=NOT_DECIDED).values_list("ref", flat=True))
    warnings = {facts.ref for facts in provider.list_fraud_warnings(created_since=since)}
    for refs, take_in in ((payouts, take_in_payout), (disputes, take_in_dispute), (warnings, take_in_warning)):
        for ref in sorted(refs):
            with _naming(ref, result):
                take_in(ref=ref, now=now)


@contextmanager
def _naming(what: str, result: Comparison) -> Iterator[None]:
    """One object that can't be applied is named; the others are compared all the same. What we didn't expect is logged
    whole, and named by its class: its text could hold personal data."""
    try:
        yield
    except ProviderError as error:
        result.unexplained.append(f"{what}: {error.kind.value}")
    except Exception as error:
        logger.exception("not_compared")
        result.unexplained.append(f"{what}: {type(error).__name__}")


def _queue(*, result: Comparison, now: datetime) -> None:
    """What is left unexplained waits for staff; what has been explained since leaves the queue."""
    unknown = {f"movement:{row.ref}": row for row in unexplained_movements()}
    for subject, row in unknown.items():
        if row.kind == MovementKind.DISPUTE.value:
            continue  # it waits as a dispute that can't be placed
        facts = {"category": row.category, "net_minor": row.net_minor, "currency": row.currency}
        open_matter(kind=MatterKind.MOVEMENT_UNKNOWN, subject=subject, facts=facts, now=now)
    late = {f"charge:{row.ref}": row for row in charges_without_movement(before=now - MOVEMENT_IS_LATE_AFTER)}
    for subject, charge in late.items():
        told = {"amount_minor": charge.amount_minor, "currency": charge.currency, "donation": charge.donation_id}
        open_matter(kind=MatterKind.MOVEMENT_LATE, subject=subject, facts=told, now=now)
    for text in result.unexplained:
        open_matter(kind=MatterKind.NOT_COMPARED, subject=text[:200], facts={}, now=now)
    named = {text[:200] for text in result.unexplained}
    for kind, found in (
        (MatterKind.MOVEMENT_UNKNOWN, set(unknown)),
        (MatterKind.MOVEMENT_LATE, set(late)),
        (MatterKind.NOT_COMPARED, named),
    ):
        gone = StaffMatter.objects.filter(kind=kind, resolved_at__isnull=True).exclude(subject__in=found)
        gone.update(resolved_at=now, resolution="explained since")
    result.unexplained += [f"{row.ref} {row.category}" for row in unknown.values()]
