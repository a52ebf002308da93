"""Cancelling at the donor's wish: confirmed only when the provider has closed the page."""

from datetime import datetime

from django.db import transaction

from payments import current_provider
from payments.models import Donation
from payments.operations.asking import outside_database_transaction
from payments.operations.settle import settle
from payments.operations.transitions import move
from payments.provider import ProviderRefused
from payments.queries.tokens import is_token
from payments.states import DonationState


def cancel_checkout(*, token: str, now: datetime) -> DonationState | None:
    """Close the payment page of a donation and say where it stands now; None for an unknown token.

    A page that the donor has already paid on can't be closed: then the donation is settled instead. Called outside any
    database transaction. Raises ProviderUnavailable.
    """
    outside_database_transaction()
    donation = Donation.objects.filter(token=token).first() if is_token(token) else None
    if donation is None:
        return None
    if donation.state != DonationState.CHECKOUT_OPEN or donation.checkout_ref is None:
        return DonationState(donation.state)
    try:
        current_provider().expire_checkout(ref=donation.checkout_ref)
    except ProviderRefused:
        return settle(donation_id=donation.pk, now=now)
    with transaction.atomic():
        donation = Donation.objects.select_for_update().get(pk=donation.pk)
        if donation.state == DonationState.CHECKOUT_OPEN:
            move(donation=donation, to_state=DonationState.CANCELLED, because="donor cancelled, page closed", now=now)
            donation.save(update_fields=["state"])
    return DonationState(donation.state)
