"""Telling the donor: the mails that follow a donation's moves, each once."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse as url_for
from django.utils.translation import override

from donors.models import MailTopic
from donors.operations import cancel_dedications, queue_mail, release_dedications
from payments.models import Donation, Receipt, Refund
from payments.models.refund import BOOKED_STATES
from payments.monthly_states import ReceiptPolicy
from payments.queries.receipts import receipt_path
from payments.queries.transitions import MAILS, Moved, mark_handled, transitions_to_handle
from payments.states import DonationState

NEVER_PAID = (DonationState.FAILED, DonationState.CANCELLED, DonationState.EXPIRED, DonationState.DRAFT)


def follow_moves(*, donation_id: int | None, now: datetime) -> int:
    """Queue the mails that unhandled moves ask for; of one donation, or of all. Says how many moves were followed."""
    moves = transitions_to_handle(consumer=MAILS, donation_id=donation_id)
    for moved in moves:
        with transaction.atomic():
            # the lock makes two workers take turns; the mail's key makes the second one's mail a no-op
            donation = Donation.objects.select_for_update().get(pk=moved.donation_id)
            _follow(donation=donation, moved=moved, now=now)
            mark_handled(consumer=MAILS, transition_id=moved.transition_id, now=now)
    return len(moves)


def _follow(*, donation: Donation, moved: Moved, now: datetime) -> None:
    first_time = moved.from_state in (*NEVER_PAID, DonationState.CHECKOUT_OPEN, DonationState.PROCESSING)
    if moved.to_state is DonationState.SETTLED and first_time:
        _thank(donation=donation, now=now)
        release_dedications(reference=str(donation), now=now)
    elif moved.to_state in (DonationState.REFUNDED, DonationState.PARTLY_REFUNDED):
        _tell_of_refunds(donation=donation, now=now)
        if moved.to_state is DonationState.REFUNDED:
            cancel_dedications(reference=str(donation), now=now)
    elif moved.to_state is DonationState.FAILED and moved.from_state is DonationState.PROCESSING:
        _tell_of_failure(donation=donation, now=now)
    elif moved.to_state in (DonationState.CANCELLED, DonationState.LOST):
        # of a dispute the donor hears from their bank: a word from us could blame somebody whose card was stolen
        cancel_dedications(reference=str(donation), now=now)


def _thank(*, donation: Donation, now: datetime) -> None:
    """The receipt's mail. Of a monthly gift the first one always; the later ones as the donor chose."""
    renewal = donation.monthly_gift is not None and _is_renewal(donation)
    if renewal and donation.monthly_gift is not None and donation.monthly_gift.receipt_policy == ReceiptPolicy.YEARLY:
        return
    receipt = Receipt.objects.select_related("donee").get(donation=donation)
    queue_mail(
        donor_id=donation.donor_id,
        kind="receipt",
        key=f"receipt:{receipt.pk}",
        language=donation.language,
        context={
            "sum_minor": donation.gross_minor,
            "currency": donation.currency,
            "cover_fee_minor": donation.cover_fee_minor,
            "lines": [
                {"title": line.title, "quantity": line.quantity, "unit_minor": line.unit_minor}
                for line in donation.lines.order_by("position")
            ],
            "receipt_number": receipt.number,
            "receipt_url": receipt_url(receipt=receipt),
            "thank_you_url": _absolute("storefront:thank_you", language=donation.language, token=donation.token),
            "reports_url": _absolute("reports:list", language=donation.language),
            "donee_name": receipt.donee.name,
        },
        now=now,
        topic=MailTopic.RECEIPTS_EACH if renewal else None,
    )


def _is_renewal(donation: Donation) -> bool:
    """Whether an earlier gift of the same monthly gift was received."""
    others = Donation.objects.filter(monthly_gift=donation.monthly_gift, settled_at__lt=donation.settled_at)
    return others.exclude(pk=donation.pk).exists()


def receipt_url(*, receipt: Receipt) -> str:
    """The absolute address under which the receipt can be fetched by whoever has it."""
    path = receipt_path(token=receipt.link_token, language=receipt.language)
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def _tell_of_refunds(*, donation: Donation, now: datetime) -> None:
    """One mail for each refund that is on its way, whichever move brought us here."""
    receipt = Receipt.objects.select_related("donee").filter(donation=donation).first()
    for refund in Refund.objects.filter(charge__donation=donation, state__in=BOOKED_STATES):
        context = {
            "refund_minor": refund.amount_minor,
            "sum_minor": donation.gross_minor,
            "currency": donation.currency,
        }
        if receipt is not None:
            context |= {"receipt_number": receipt.number, "donee_name": receipt.donee.name}
        queue_mail(
            donor_id=donation.donor_id,
            kind="refund",
            key=f"refund:{refund.pk}",
            language=donation.language,
            context=context,
            now=now,
        )


def _tell_of_failure(*, donation: Donation, now: datetime) -> None:
    queue_mail(
        donor_id=donation.donor_id,
        kind="payment_failed",
        key=f"payment_failed:{donation.pk}",
        language=donation.language,
        context={
            "sum_minor": donation.gross_minor,
            "currency": donation.currency,
            "give_url": _absolute("storefront:give", language=donation.language),
        },
        now=now,
    )


def _absolute(name: str, *, language: str, **parts: str) -> str:
    """A page's address for a mail, in the donor's language."""
    with override(language):
        return f"{settings.SITE_URL.rstrip('/')}{url_for(name, kwargs=parts)}"
