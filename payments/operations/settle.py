"""Settling: what the provider says about a donation's page, applied. The webhook, the return page and the sweeper share it."""

from datetime import datetime

from django.db import transaction
from django.db.models import prefetch_related_objects

from payments import current_provider
from payments.models import Donation
from payments.operations.asking import outside_database_transaction
from payments.operations.book_charge import book_charge
from payments.operations.checkout import obtain_checkout
from payments.operations.periods import lock_gift_of
from payments.operations.transitions import move
from payments.provider import CheckoutFacts, CheckoutStatus, PaymentStatus, ProviderRefused
from payments.states import MOVES, DonationState


def settle(*, donation_id: int, now: datetime) -> DonationState:
    """Fetch the donation's page anew and apply what it says. Called outside any database transaction; may run any
    number of times, also at once.

    Raises ProviderUnavailable, ProviderRefused, Donation.DoesNotExist.
    """
    outside_database_transaction()
    donation = Donation.objects.get(pk=donation_id)
    if donation.checkout_ref is None:
        if donation.state != DonationState.DRAFT:
            return DonationState(donation.state)
        try:
            donation = obtain_checkout(donation_id=donation_id, now=now)
        except ProviderRefused:
            return DonationState(Donation.objects.values_list("state", flat=True).get(pk=donation_id))
    if donation.checkout_ref is None:
        return DonationState(donation.state)
    facts = current_provider().fetch_checkout(ref=donation.checkout_ref)
    return apply_checkout(donation_id=donation_id, facts=facts, now=now)


def apply_checkout(*, donation_id: int, facts: CheckoutFacts, now: datetime) -> DonationState:
    """Apply facts that were fetched before: gift, fee, receipt record and move in one database transaction.

    `facts` may be of another page than the stored one; then only its charge counts.
    """
    with transaction.atomic():
        lock_gift_of(donation_id=donation_id)
        donation = Donation.objects.select_for_update().get(pk=donation_id)
        payment = facts.payment
        if payment is not None and payment.charge is not None:
            prefetch_related_objects([donation], "lines")  # they are read for each booking, and for the receipt
            book_charge(facts=payment.charge, donation=donation, now=now)
        if donation.checkout_ref is None and facts.donation_ref == str(donation_id):
            # the provider's notice was faster than its answer to our own request
            donation.checkout_ref, donation.checkout_url = facts.ref, facts.url or ""
            donation.save(update_fields=["checkout_ref", "checkout_url"])
        if facts.ref == donation.checkout_ref:
            _follow(donation=donation, facts=facts, now=now)
            donation.looked_at = now
            donation.save(update_fields=["state", "looked_at"])
    return DonationState(donation.state)


def _follow(*, donation: Donation, facts: CheckoutFacts, now: datetime) -> None:
    """Move an unpaid donation to where its page stands, where the table allows it. Money has been booked before."""
    target, because = _where(facts)
    state = DonationState(donation.state)
    if target is None or target == state or target not in MOVES[state]:
        return
    if state in (DonationState.EXPIRED, DonationState.FAILED) and target in (
        DonationState.EXPIRED,
        DonationState.FAILED,
    ):
        return
    move(donation=donation, to_state=target, because=because, now=now)


def _where(facts: CheckoutFacts) -> tuple[DonationState | None, str]:
    if facts.status is CheckoutStatus.EXPIRED:
        return DonationState.EXPIRED, "payment page expired"
    if facts.status is CheckoutStatus.OPEN:
        return None, ""
    payment = facts.payment
    if payment is not None and payment.last_failed and payment.status is PaymentStatus.NEEDS_METHOD:
        return DonationState.FAILED, "the bank did not pay"
    if payment is not None and payment.status is PaymentStatus.CANCELLED:
        return DonationState.FAILED, "payment cancelled by the provider"
    if payment is not None and payment.status is PaymentStatus.SUCCEEDED:
        # booked as a gift, the donation is settled by now; booked as unmatched, staff have to look
        waits = payment.charge is not None and payment.charge.movement is None
        why = "paid; what it is worth is not known yet" if waits else "paid, but not as agreed"
        return DonationState.PROCESSING, why
    return DonationState.PROCESSING, "donor finished the payment page"
