"""The payment page of a donation: asking for it once, and keeping the answer."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, override

from payments import current_provider
from payments.models import CallOutcome, Donation, ProviderCall
from payments.operations.asking import note_answer, outside_database_transaction
from payments.operations.one_page import CLOCKS_DIFFER_BY, OnePage, open_once
from payments.operations.transitions import move
from payments.provider import CheckoutFacts, CheckoutLine, CheckoutRequest
from payments.states import DonationState

LONGEST_TITLE = 250


def checkout_key(*, donation_id: int, attempt: int) -> str:
    """The idempotency key. What is asked for never changes; a new attempt follows only an abandoned one."""
    return f"donation:{donation_id}:open_checkout:{attempt}"


def obtain_checkout(*, donation_id: int, now: datetime, just_committed: Donation | None = None) -> Donation:
    """The donation with its payment page, asked for if nobody has yet. Called outside any database transaction.

    One caller asks; the others wait for what it is told. `just_committed` spares reading a row that the caller has
    just written. Raises ProviderUnavailable, ProviderRefused.
    """
    if just_committed is not None:
        donation, abandoned = just_committed, 0
    else:
        outside_database_transaction()
        donation = Donation.objects.get(pk=donation_id)
        if donation.state != DonationState.DRAFT:
            return donation
        abandoned = ProviderCall.objects.filter(donation=donation, outcome=CallOutcome.ABANDONED).count()
    page = OnePage(
        of=donation,
        key=lambda attempt: checkout_key(donation_id=donation_id, attempt=attempt),
        open=lambda key: current_provider().open_checkout(
            request=checkout_request(donation=donation), idempotency_key=key
        ),
        find=lambda: _find(donation),
        keep=lambda key, facts: keep_checkout(key=key, donation_id=donation_id, facts=facts, now=now),
        refuse=lambda because: _refused(donation_id=donation_id, because=because, now=now),
        anew=lambda: obtain_checkout(donation_id=donation_id, now=now),
    )
    return open_once(page=page, abandoned=abandoned, fresh=just_committed is not None, now=now)


def _find(donation: Donation) -> CheckoutFacts | None:
    pages = current_provider().list_checkouts(created_since=donation.created_at - CLOCKS_DIFFER_BY)
    return next((page for page in pages if page.donation_ref == str(donation.pk)), None)


def checkout_request(*, donation: Donation) -> CheckoutRequest:
    """What is asked for, made of nothing but the committed row, so that asking again asks the same."""
    with override(donation.language):
        purpose = gettext("Donation for statutory purposes")
        lines = [
            CheckoutLine(
                title=f"{purpose} - {line.title}"[:LONGEST_TITLE], unit_minor=line.unit_minor, quantity=line.quantity
            )
            for line in donation.lines.all()
        ]
        if donation.cover_fee_minor:
            title = gettext("Donation that covers the cost of this payment")
            lines.append(CheckoutLine(title=title, unit_minor=donation.cover_fee_minor, quantity=1))
    return CheckoutRequest(
        donation_ref=str(donation.pk),
        lines=tuple(lines),
        currency=donation.currency,
        description=purpose,
        language=donation.language,
        success_url=donation.success_url,
        cancel_url=donation.cancel_url,
        expires_at=donation.checkout_expires_at,
    )


def keep_checkout(*, key: str, donation_id: int, facts: CheckoutFacts, now: datetime) -> Donation:
    """Store the page of a draft. A donation that has moved on in the meantime stays where it is."""
    with transaction.atomic():
        donation = Donation.objects.select_for_update().get(pk=donation_id)
        note_answer(key=key, ref=facts.ref, now=now)
        if donation.checkout_ref is None:
            donation.checkout_ref = facts.ref
            donation.checkout_url = facts.url or ""
            donation.checkout_expires_at = facts.expires_at
        if donation.state == DonationState.DRAFT:
            move(donation=donation, to_state=DonationState.CHECKOUT_OPEN, because="payment page opened", now=now)
        donation.save(update_fields=["checkout_ref", "checkout_url", "checkout_expires_at", "state"])
    return donation


def _refused(*, donation_id: int, because: str, now: datetime) -> None:
    with transaction.atomic():
        donation = Donation.objects.select_for_update().get(pk=donation_id)
        if donation.state == DonationState.DRAFT:
            move(donation=donation, to_state=DonationState.FAILED, because=because, now=now)
            donation.save(update_fields=["state"])
