"""Money that comes back for a purchase which was paid and then taken back."""

from datetime import datetime

from django.db import transaction

from aid_packages.models import DocumentState, Payee, PaymentReturn, Purchase
from aid_packages.operations.booking import require_in_bank
from aid_packages.operations.documents import note_document
from aid_packages.operations.refusals import (
    WrongState,
    require_no_part,
    require_past,
    require_reason,
    same_or_refuse,
)
from core.models import User
from ledger.operations import reverse


@transaction.atomic
def return_payment(
    *, purchase_id: int, actor: User, reason: str, event_at: datetime, request_key: str, now: datetime
) -> PaymentReturn:
    """Books that the whole payment came back to the bank: the mirror of the PAYMENT; the claim is settled.

    Nobody says so for a partner that they belong to. The same request key again gives the same return. Raises WrongState
    (not paid, not taken back, or come back already), PartOfPartner, FutureEvent, BankShort, RequestKeyReused, ReasonMissing.
    """
    reason = require_reason(reason)
    require_past(event_at=event_at, now=now)
    purchase = Purchase.objects.select_for_update(of=("self",)).select_related("document").get(pk=purchase_id)
    standing = PaymentReturn.objects.filter(request_key=request_key).first()
    if standing:
        same_or_refuse(standing, request_key=request_key, purchase=purchase)
        return standing
    document = purchase.document
    if purchase.entry_id is None or document.state != DocumentState.REVERSED:
        raise WrongState(subject=str(document), state=document.state)
    if PaymentReturn.objects.filter(purchase=purchase).exists():
        raise WrongState(subject=str(purchase), state="returned")
    if purchase.payee == Payee.PARTNER:
        require_no_part(partner=document.allocation.partner, actor=actor, now=now)
    if document.own_share_minor < 0:  # what had come back for a correction goes out again
        require_in_bank(amount_minor=-document.own_share_minor)
    entry_id = reverse(
        entry_id=purchase.entry_id, reference=f"reversal:{purchase}", event_at=event_at, now=now
    ).entry_id
    came = PaymentReturn.objects.create(
        purchase=purchase,
        received_by=actor,
        event_at=event_at,
        booked_at=now,
        request_key=request_key,
        entry_id=entry_id,
    )
    note_document(
        document,
        act="purchase.returned",
        actor=actor,
        reason=reason,
        now=now,
        entries=[entry_id],
        amount_minor=document.own_share_minor,
    )
    return came
