"""The payment page of a donation: asking for it once, and keeping the answer."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext, override

from payments import current_provider
from payments.failures import FailureKind
from payments.models import CallOutcome, Donation, ProviderCall
from payments.operations.asking import abandon, ask, claim, note_answer, outside_database_transaction, wait_for_answer
from payments.operations.transitions import move
from payments.provider import CheckoutFacts, CheckoutLine, CheckoutRequest, ProviderRefused, ProviderUnavailable
from payments.states import DonationState

LONGEST_TITLE = 250
CLOCKS_DIFFER_BY = timedelta(minutes=5)


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
    key = checkout_key(donation_id=donation_id, attempt=abandoned + 1)
    call = claim(key=key, donation=donation, now=now, fresh=just_committed is not None)
    if call is None:
        return _told_to_another(key=key, donation_id=donation_id, now=now)
    if call.failure_kind == FailureKind.PROVIDER_FAULT.value:
        return _after_a_fault(key=key, donation=donation, now=now)
    return _ask(key=key, donation=donation, now=now)


def _ask(*, key: str, donation: Donation, now: datetime) -> Donation:
    request = checkout_request(donation=donation)
    try:
        facts = ask(
            key=key,
            question=lambda: current_provider().open_checkout(request=request, idempotency_key=key),
            now=now,
        )
    except ProviderRefused as error:
        _refused(donation_id=donation.pk, because=f"provider refused: {error.kind.value}", now=now)
        raise
    return keep_checkout(key=key, donation_id=donation.pk, facts=facts, now=now)


def _told_to_another(*, key: str, donation_id: int, now: datetime) -> Donation:
    answer = wait_for_answer(key=key)
    if answer.outcome == CallOutcome.UNKNOWN:
        raise ProviderUnavailable(kind=answer.failure_kind)
    if answer.outcome == CallOutcome.REFUSED:
        raise ProviderRefused(kind=answer.failure_kind)
    if answer.outcome == CallOutcome.ABANDONED:
        return obtain_checkout(donation_id=donation_id, now=now)
    return Donation.objects.get(pk=donation_id)


def _after_a_fault(*, key: str, donation: Donation, now: datetime) -> Donation:
    """The provider answers a key that ended in its own failure with that failure again. So look whether the page was
    made all the same; if not, ask anew. A page that appears later still can't be paid: nobody knows its address."""
    since = donation.created_at - CLOCKS_DIFFER_BY

    def look() -> CheckoutFacts | None:
        pages = current_provider().list_checkouts(created_since=since)
        return next((page for page in pages if page.donation_ref == str(donation.pk)), None)

    page = ask(key=key, question=look, now=now)
    if page is not None:
        return keep_checkout(key=key, donation_id=donation.pk, facts=page, now=now)
    abandon(key=key)
    return obtain_checkout(donation_id=donation.pk, now=now)


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
