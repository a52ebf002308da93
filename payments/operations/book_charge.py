"""Booking a charge that succeeded: as the gift it was meant to be, or as money that can't be placed."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects

from ledger.accounts import STRIPE_CLEARING, UNMATCHED, fund_account
from ledger.models import EntryKind, FundUse
from ledger.operations import Line, post
from payments.failures import FailureKind
from payments.models import Charge, ChargeOutcome, Donation, MonthlyGift, UnmatchedPayment, UnmatchedReason
from payments.operations.book_fee import book_fee
from payments.operations.book_share import book_share
from payments.operations.issue import write_receipt
from payments.operations.movements import mirror
from payments.operations.periods import lock_gift_of, why_not_this_period
from payments.operations.transitions import move
from payments.provider import ChargeFacts, ChargeStatus, ProviderRefused
from payments.queries.shares import shares_in_books
from payments.states import RECEIVED, DonationState

BOOKS_CURRENCY = "PLN"


class WrongMode(ProviderRefused):
    """A test-mode charge at a live ledger, or the reverse. Never to be expected: keys were mixed up. Nothing is booked.

    It is a refusal like a wrong key's, so that whoever asks the provider already knows what to show.
    """

    def __init__(self, *, charge_ref: str) -> None:
        self.charge_ref = charge_ref
        super().__init__(kind=FailureKind.NOT_AUTHENTICATED, code=f"wrong mode: {charge_ref}")


def book_charge(
    *,
    facts: ChargeFacts,
    donation: Donation | None,
    now: datetime,
    refused: UnmatchedReason | None = None,
    monthly_gift: MonthlyGift | None = None,
) -> Charge | None:
    """Book a succeeded charge, its fee when known, its receipt and its donation's move, once.

    Called inside a database transaction that holds the donation's row lock (and before it, its monthly gift's).
    `refused` says that it is no gift, for a reason that the caller knows; `monthly_gift` is whose renewal it paid. None
    when the charge has not succeeded. Raises WrongMode.
    """
    if facts.status is not ChargeStatus.SUCCEEDED:
        return None
    if facts.livemode is not settings.STRIPE_LIVEMODE:
        raise WrongMode(charge_ref=facts.ref)
    charge = Charge.objects.select_for_update().filter(ref=facts.ref).first()
    if charge is None:
        charge = _place(facts=facts, donation=donation, refused=refused, monthly_gift=monthly_gift, now=now)
    if donation is not None and charge.donation_id == donation.pk:
        charge.donation = donation  # the very row that the caller holds: what is booked now must show on it
    _complete(charge=charge, facts=facts, now=now)
    return charge


def why_not_a_gift(*, facts: ChargeFacts, donation: Donation | None) -> UnmatchedReason | None:
    """None when the charge is the gift that the donation asked for."""
    if donation is None:
        return UnmatchedReason.NO_INTENT
    if Charge.objects.filter(donation=donation, outcome=ChargeOutcome.GIFT).exists():
        return UnmatchedReason.SECOND_CHARGE
    if facts.currency != donation.currency:
        return UnmatchedReason.WRONG_CURRENCY
    if facts.amount_minor != donation.gross_minor:
        return UnmatchedReason.WRONG_AMOUNT
    if donation.state == DonationState.CANCELLED:
        return UnmatchedReason.AFTER_CANCELLATION
    return why_not_this_period(donation=donation, paid_at=facts.created_at)


def _place(
    *,
    facts: ChargeFacts,
    donation: Donation | None,
    refused: UnmatchedReason | None,
    monthly_gift: MonthlyGift | None,
    now: datetime,
) -> Charge:
    """Decide once what the charge is. A parallel caller without a donation lock loses on the unique reference."""
    reason = refused or why_not_a_gift(facts=facts, donation=donation)
    charge, created = Charge.objects.get_or_create(
        ref=facts.ref,
        defaults={
            "payment_ref": facts.payment_ref,
            "donation": donation,
            "outcome": ChargeOutcome.GIFT if reason is None else ChargeOutcome.UNMATCHED,
            "amount_minor": facts.amount_minor,
            "currency": facts.currency,
            "method": facts.method,
            "livemode": facts.livemode,
            "paid_at": facts.created_at,
            "seen_at": now,
        },
    )
    if created and reason is not None:
        UnmatchedPayment.objects.create(charge=charge, reason=reason, monthly_gift=monthly_gift, found_at=now)
    return charge


def _complete(*, charge: Charge, facts: ChargeFacts, now: datetime) -> None:
    """Book what can be booked now. A foreign charge waits for its balance movement, which says what it is worth."""
    learned = []
    if charge.movement is None and facts.movement is not None:
        charge.movement = mirror(facts=facts.movement, now=now)
        learned.append("movement")
    if charge.booked_minor is None:
        _book_gross(charge=charge, facts=facts, now=now)
        learned.append("booked_minor")
    if learned:
        charge.save(update_fields=learned)
    if charge.movement is not None and charge.booked_minor is not None:
        book_fee(charge=charge, now=now, is_fresh=learned == ["movement", "booked_minor"])


def _book_gross(*, charge: Charge, facts: ChargeFacts, now: datetime) -> None:
    if charge.currency == BOOKS_CURRENCY:
        charge.booked_minor = charge.amount_minor
    elif facts.movement is not None and facts.movement.currency == BOOKS_CURRENCY:
        charge.booked_minor = facts.movement.amount_minor
    else:
        return
    if charge.outcome == ChargeOutcome.GIFT:
        _book_gift(charge=charge, now=now)
    else:
        post(
            reference=f"unmatched:{charge.ref}",
            kind=EntryKind.UNMATCHED,
            event_at=charge.paid_at,
            lines=[
                Line(account=STRIPE_CLEARING, amount_minor=charge.booked_minor),
                Line(account=UNMATCHED, amount_minor=-charge.booked_minor),
            ],
            now=now,
        )


def _book_gift(*, charge: Charge, now: datetime) -> None:
    donation = charge.donation
    if donation is None or charge.booked_minor is None:
        raise AssertionError("a gift has its donation and its sum: the database holds it")
    gross = charge.booked_minor
    prefetch_related_objects([donation], "lines")  # shares, fee and receipt read them, too
    shares = shares_in_books(donation=donation, gross_minor=gross)
    post(
        reference=f"gift:{charge.ref}",
        kind=EntryKind.GIFT,
        event_at=charge.paid_at,
        lines=[
            Line(account=STRIPE_CLEARING, amount_minor=gross),
            *(
                Line(account=fund_account(code, FundUse.GIFTS), amount_minor=-share)
                for code, share in shares.items()
                if share
            ),
        ],
        now=now,
    )
    book_share(charge=charge, donation=donation, parts=shares, now=now)
    donation.settled_at = charge.paid_at
    if donation.state not in RECEIVED:
        move(donation=donation, to_state=DonationState.SETTLED, because="charge succeeded", now=now)
    donation.save(update_fields=["settled_at", "state"])
    write_receipt(donation=donation, charge=charge, now=now)


def book_charge_on_its_own(*, facts: ChargeFacts, now: datetime) -> Charge | None:
    """Book a charge met outside its donation's page: in an event about it, or in the nightly comparison.

    A charge that carries no donation of ours, or an unknown one, is UNMATCHED. Raises WrongMode.
    """
    with transaction.atomic():
        return book_charge(facts=facts, donation=donation_of(donation_ref=facts.donation_ref), now=now)


def donation_of(*, donation_ref: str) -> Donation | None:
    """The donation that a provider's object names, with its row locked."""
    if not (donation_ref.isascii() and donation_ref.isdigit()) or len(donation_ref) > 18:
        return None
    lock_gift_of(donation_id=int(donation_ref))
    return Donation.objects.select_for_update().filter(pk=int(donation_ref)).first()
