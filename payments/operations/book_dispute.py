"""Booking disputes: what a donor's bank took, what it returned, and where the donation stands."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from ledger.accounts import ADMIN, STRIPE_CLEARING, fund_account
from ledger.models import EntryKind, FundUse, JournalEntry
from ledger.operations import Line, post
from payments import current_provider
from payments.models import (
    BalanceMovement,
    Charge,
    Dispute,
    DisputeMovement,
    DisputeState,
    Donation,
    MatterKind,
)
from payments.models.dispute import NOT_DECIDED
from payments.operations.asking import outside_database_transaction
from payments.operations.book_charge import BOOKS_CURRENCY, WrongMode
from payments.operations.follow_charge import follow_charge
from payments.operations.foreign import WorthUnknown, book_difference, moved_of, paid_for, worth_when_given
from payments.operations.given_back import GENERAL_LOSSES, book_return, debits
from payments.operations.matters import open_matter, settle_matter
from payments.operations.monthly.invoices import book_any_charge
from payments.operations.movements import mirror
from payments.provider import DisputeFacts, MovementFacts


class DisputeOfUnknownCharge(Exception):
    """A dispute whose charge is not in our books. Never to be expected: the charge is booked before it."""

    def __init__(self, *, charge_ref: str) -> None:
        self.charge_ref = charge_ref
        super().__init__(charge_ref)


def take_in_dispute(*, ref: str, now: datetime) -> Dispute:
    """Fetch a dispute and apply what it says, its charge first. Called outside any database transaction; any number of
    times, in any order. Raises ProviderUnavailable (also while its charge's worth isn't known), ProviderRefused,
    WrongMode."""
    outside_database_transaction()
    provider = current_provider()
    facts = provider.fetch_dispute(ref=ref)
    if not Charge.objects.filter(ref=facts.charge_ref, booked_minor__isnull=False).exists():
        book_any_charge(facts=provider.fetch_charge(ref=facts.charge_ref), now=now)
    return apply_dispute(facts=facts, now=now)


def apply_dispute(*, facts: DisputeFacts, now: datetime) -> Dispute:
    """Apply what the provider says of a dispute: each of its movements is booked once. Raises DisputeOfUnknownCharge,
    WorthUnknown, WrongMode."""
    if facts.livemode is not settings.STRIPE_LIVEMODE:
        raise WrongMode(charge_ref=facts.charge_ref)
    with transaction.atomic():
        donation_id = Charge.objects.filter(ref=facts.charge_ref).values_list("donation_id", flat=True).first()
        donation = Donation.objects.select_for_update().get(pk=donation_id) if donation_id else None
        charge = Charge.objects.select_for_update().filter(ref=facts.charge_ref).first()
        if charge is None:
            raise DisputeOfUnknownCharge(charge_ref=facts.charge_ref)
        if charge.booked_minor is None:
            raise WorthUnknown(charge_ref=facts.charge_ref)
        dispute = _our_row(facts=facts, charge=charge, now=now)
        booked = set(dispute.movements.values_list("movement__ref", flat=True))
        for movement in facts.movements:
            if movement.ref not in booked:
                _book(dispute=dispute, facts=movement, charge=charge, donation=donation, now=now)
        dispute.taken_minor = _taken(dispute=dispute, charge=charge)
        dispute.save()
        follow_charge(charge=charge, donation=donation, because=f"dispute {dispute.state}", now=now)
        _tell(dispute=dispute, charge=charge, now=now)
    return dispute


def _our_row(*, facts: DisputeFacts, charge: Charge, now: datetime) -> Dispute:
    state = DisputeState(facts.status.value)
    row, _ = Dispute.objects.get_or_create(
        ref=facts.ref,
        defaults={
            "charge": charge,
            "state": state,
            "amount_minor": facts.amount_minor,
            "reason": facts.reason[:60],
            "created_at": facts.created_at,
            "seen_at": now,
        },
    )
    row.state, row.amount_minor = state, facts.amount_minor
    row.answer_by, row.answers = facts.answer_by, facts.answers
    if state in NOT_DECIDED:
        row.decided_at = None
    elif row.decided_at is None:
        row.decided_at = now
    return row


def _book(*, dispute: Dispute, facts: MovementFacts, charge: Charge, donation: Donation | None, now: datetime) -> None:
    """One movement: its principal, what the rate did to it, and its fee, all in this database transaction."""
    movement = mirror(facts=facts, now=now)
    booked = 0
    if movement.amount_minor < 0:
        booked = -_principal(dispute=dispute, facts=facts, charge=charge)
        post(
            reference=f"chargeback:{movement.ref}",
            kind=EntryKind.CHARGEBACK,
            event_at=movement.created_at,
            lines=[
                *debits(back_minor=-booked, charge=charge, donation=donation),
                Line(account=STRIPE_CLEARING, amount_minor=booked),
            ],
            now=now,
        )
    elif movement.amount_minor > 0:
        back = _principal(dispute=dispute, facts=facts, charge=charge)
        booked = _book_returned(dispute=dispute, movement=movement, back=back, donation=donation, now=now)
    book_difference(movement=movement, booked_minor=booked, now=now)
    _book_fee(movement=movement, now=now)
    DisputeMovement.objects.create(dispute=dispute, movement=movement, booked_minor=booked, booked_at=now)


def _principal(*, dispute: Dispute, facts: MovementFacts, charge: Charge) -> int:
    """What was taken or came back, in grosze, at the rate of the gift."""
    if charge.currency == BOOKS_CURRENCY:
        return abs(facts.amount_minor)
    moved = moved_of(movement=facts, most_minor=min(dispute.amount_minor, charge.amount_minor))
    return worth_when_given(charge=charge, amount_minor=moved)


def _book_returned(
    *, dispute: Dispute, movement: BalanceMovement, back: int, donation: Donation | None, now: datetime
) -> int:
    """The bank returns what it took, or a part of it: `back` grosze, at the rate of the gift. Says what was booked."""
    reference = f"chargeback-won:{movement.ref}"
    last = dispute.movements.filter(booked_minor__lt=0).select_related("movement").order_by("-id").first()
    if last is None:
        # nothing is known to have been taken: it is ours all the same, and somebody has to look
        post(
            reference=reference,
            kind=EntryKind.CHARGEBACK,
            event_at=movement.created_at,
            lines=[
                Line(account=STRIPE_CLEARING, amount_minor=movement.amount_minor),
                Line(account=GENERAL_LOSSES, amount_minor=-movement.amount_minor),
            ],
            now=now,
        )
        facts = {"movement": movement.ref, "net_minor": movement.net_minor, "currency": movement.currency}
        open_matter(kind=MatterKind.DISPUTE_UNCOUNTED, subject=f"dispute:{dispute.ref}", facts=facts, now=now)
        return movement.amount_minor
    book_return(
        taken=JournalEntry.objects.get(reference=f"chargeback:{last.movement.ref}"),
        back_minor=back,
        donation=donation,
        reference=reference,
        event_at=movement.created_at,
        now=now,
    )
    return back


def _book_fee(*, movement: BalanceMovement, now: datetime) -> None:
    """The fee of a dispute is a running cost of ours, never the gift's; a fee that is given back comes back to there."""
    if not movement.fee_minor:
        return
    post(
        reference=f"dispute-fee:{movement.ref}",
        kind=EntryKind.PROCESSOR_FEE,
        event_at=movement.created_at,
        lines=[
            Line(account=fund_account(ADMIN, FundUse.FEES), amount_minor=movement.fee_minor),
            Line(account=STRIPE_CLEARING, amount_minor=-movement.fee_minor),
        ],
        now=now,
    )


def _taken(*, dispute: Dispute, charge: Charge) -> int:
    """What of the dispute is with the donor's bank, in the charge's currency."""
    net = -int(dispute.movements.aggregate(total=Sum("booked_minor"))["total"] or 0)
    if charge.currency == BOOKS_CURRENCY:
        return max(0, net)
    return min(dispute.amount_minor, paid_for(charge=charge, booked_minor=max(0, net)))


def _tell(*, dispute: Dispute, charge: Charge, now: datetime) -> None:
    """Somebody of the staff has to answer it, or to know that the money is lost. One that is won needs nobody."""
    if dispute.state in (DisputeState.WON, DisputeState.INQUIRY_CLOSED, DisputeState.PREVENTED):
        settle_matter(kind=MatterKind.DISPUTE, subject=f"{dispute}", because=f"dispute {dispute.state}", now=now)
        return
    facts = {
        "state": dispute.state,
        "amount_minor": dispute.amount_minor,
        "currency": charge.currency,
        "donation": charge.donation_id,
    }
    open_matter(kind=MatterKind.DISPUTE, subject=f"{dispute}", facts=facts, now=now)
