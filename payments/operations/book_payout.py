"""Booking payouts: on their way, arrived, come back; and whether each is the sum of its parts."""

from collections.abc import Sequence
from datetime import datetime, time

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Sum

from core.periods import WARSAW
from ledger.accounts import BANK, BANK_IN_TRANSIT, STRIPE_CLEARING
from ledger.models import EntryKind, JournalEntry, Mark
from ledger.operations import Line, hold_for_posting, post, reverse
from payments.models import BalanceMovement, MatterKind, Payout, PayoutPart, PayoutState
from payments.operations.book_charge import BOOKS_CURRENCY, WrongMode
from payments.operations.book_fee import book_account_fee
from payments.operations.matters import open_matter, settle_matter
from payments.operations.movements import mirror
from payments.provider import MovementFacts, PayoutFacts

CAME_BACK = (PayoutState.FAILED, PayoutState.CANCELLED)


def apply_payout(*, facts: PayoutFacts, parts: Sequence[MovementFacts] | None, now: datetime) -> Payout:
    """Apply facts that were fetched before. `parts` None: they can't be listed yet. Raises WrongMode."""
    if facts.livemode is not settings.STRIPE_LIVEMODE:
        raise WrongMode(charge_ref=facts.ref)
    with transaction.atomic():
        payout = _our_row(facts=facts, now=now)
        for found in (facts.movement, facts.failure_movement):
            if found is not None:
                book_payout_movement(movement=mirror(facts=found, now=now), now=now)
        _book_arrival(payout=payout, facts=facts, now=now)
        if parts is not None:
            _keep_parts(payout=payout, parts=parts, now=now)
        payout.save()
        _tell(payout=payout, now=now)
    return payout


def book_payout_movement(*, movement: BalanceMovement, now: datetime) -> None:
    """What left the balance is on its way to the bank; what came back to it is no longer. What an instant one costs beside
    that falls on ADMIN.

    Our account is settled in the books' currency: a payout in another is never booked by a guess, and the audit names it.
    """
    if movement.currency != BOOKS_CURRENCY or not movement.amount_minor:
        return
    book_account_fee(movement=movement, fee_minor=movement.fee_minor, now=now)
    post(
        reference=f"payout:{movement.ref}",
        kind=EntryKind.PAYOUT,
        event_at=movement.created_at,
        lines=[
            Line(account=BANK_IN_TRANSIT, amount_minor=-movement.amount_minor),
            Line(account=STRIPE_CLEARING, amount_minor=movement.amount_minor),
        ],
        now=now,
    )


def _our_row(*, facts: PayoutFacts, now: datetime) -> Payout:
    Payout.objects.get_or_create(
        ref=facts.ref,
        defaults={
            "amount_minor": facts.amount_minor,
            "currency": facts.currency,
            "state": facts.status.value,
            "automatic": facts.automatic,
            "arrives_on": facts.arrives_on,
            "created_at": facts.created_at,
            "seen_at": now,
        },
    )
    payout = Payout.objects.select_for_update().get(ref=facts.ref)
    payout.state, payout.arrives_on = PayoutState(facts.status.value), facts.arrives_on
    payout.failure = facts.failure[:100]
    if facts.movement is not None:
        payout.movement = mirror(facts=facts.movement, now=now)
    if facts.failure_movement is not None:
        payout.failure_movement = mirror(facts=facts.failure_movement, now=now)
    return payout


def _book_arrival(*, payout: Payout, facts: PayoutFacts, now: datetime) -> None:
    """Paid: from the way to the bank. Some payouts fail after that: then back to the way, from where the provider's own
    movement takes it."""
    reference = f"payout-paid:{payout.ref}"
    arrived = JournalEntry.objects.filter(reference=reference).first()
    if payout.state == PayoutState.PAID and arrived is None and payout.movement is not None:
        on_the_day = datetime.combine(payout.arrives_on, time(12), tzinfo=WARSAW)
        post(
            reference=reference,
            kind=EntryKind.PAYOUT,
            event_at=min(on_the_day, now),
            lines=[
                Line(account=BANK, amount_minor=-payout.movement.amount_minor),
                Line(account=BANK_IN_TRANSIT, amount_minor=payout.movement.amount_minor),
            ],
            now=now,
        )
    elif payout.state in CAME_BACK and arrived is not None:
        moved_at = payout.failure_movement.created_at if payout.failure_movement is not None else now
        reverse(entry_id=arrived.pk, reference=f"payout-returned:{payout.ref}", event_at=moved_at, now=now)


def _keep_parts(*, payout: Payout, parts: Sequence[MovementFacts], now: datetime) -> None:
    """Note what was paid out in it, under the lock of posting, so that a mark either knows all of it or nothing."""
    hold_for_posting()
    after_mark = int(Mark.objects.aggregate(last=Max("id"))["last"] or 0)
    known = set(payout.parts.values_list("movement__ref", flat=True))
    fresh = [facts for facts in parts if facts.ref not in known]
    stored = BalanceMovement.objects.in_bulk([facts.ref for facts in fresh], field_name="ref")
    # all were booked before, but for what nobody could explain
    rows = [stored.get(facts.ref) or mirror(facts=facts, now=now) for facts in fresh]
    PayoutPart.objects.bulk_create(
        [PayoutPart(payout=payout, movement=row, after_mark=after_mark, seen_at=now) for row in rows],
        ignore_conflicts=True,
    )
    if payout.reconciled_at is None:
        payout.reconciled_at = now


def _tell(*, payout: Payout, now: datetime) -> None:
    subject = f"{payout}"
    if payout.state == PayoutState.FAILED:
        facts = {"amount_minor": payout.amount_minor, "currency": payout.currency, "failure": payout.failure}
        open_matter(kind=MatterKind.PAYOUT_FAILED, subject=subject, facts=facts, now=now)
    if payout.reconciled_at is None:
        return
    parts_minor = parts_of(payout=payout)
    if parts_minor == payout.amount_minor and payout.currency == BOOKS_CURRENCY:
        settle_matter(kind=MatterKind.PAYOUT_DIFFERS, subject=subject, because="it is the sum of its parts", now=now)
        return
    facts = {"amount_minor": payout.amount_minor, "parts_minor": parts_minor, "currency": payout.currency}
    open_matter(kind=MatterKind.PAYOUT_DIFFERS, subject=subject, facts=facts, now=now)


def parts_of(*, payout: Payout) -> int:
    """What the listed parts of a payout sum to, in minor units of its currency."""
    return int(payout.parts.aggregate(total=Sum("movement__net_minor"))["total"] or 0)
