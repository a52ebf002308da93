"""Paying what we owe for an accepted purchase."""

from datetime import datetime

from django.db import transaction

from aid_packages.models import DocumentState, Payee, Purchase
from aid_packages.operations.booking import book_move, require_in_bank
from aid_packages.operations.documents import note_document
from aid_packages.operations.refusals import (
    RequestKeyReused,
    WrongState,
    require_no_part,
    require_past,
    require_reason,
)
from core.models import User
from ledger import accounts
from ledger.models import EntryKind


@transaction.atomic
def pay_purchase(
    *, purchase_id: int, actor: User, reason: str, event_at: datetime, request_key: str, now: datetime
) -> Purchase:
    """Books our share of the purchase as paid from the bank account; what a correction took off, as come back to it.

    The same request key again changes nothing. Nobody pays to a partner that they belong to. Raises WrongState (not
    accepted, or paid under another key), PartOfPartner, BankShort, FutureEvent, RequestKeyReused, ReasonMissing.
    """
    reason = require_reason(reason)
    require_past(event_at=event_at, now=now)
    purchases = Purchase.objects.select_for_update(of=("self",)).select_related("document__allocation__partner")
    purchase = purchases.get(pk=purchase_id)
    if purchase.request_key == request_key:
        return purchase
    if purchase.entry_id is not None:
        raise WrongState(subject=str(purchase), state="paid")
    if purchase.document.state != DocumentState.ACCEPTED:
        raise WrongState(subject=str(purchase.document), state=purchase.document.state)
    if Purchase.objects.filter(request_key=request_key).exists():
        raise RequestKeyReused(request_key=request_key)
    if purchase.payee == Payee.PARTNER:
        require_no_part(partner=purchase.document.allocation.partner, actor=actor, now=now)
    amount_minor = purchase.document.own_share_minor
    if amount_minor > 0:
        require_in_bank(amount_minor=amount_minor)
    purchase.entry_id = book_move(
        reference=f"payment:{purchase.pk}",
        kind=EntryKind.PAYMENT,
        debit=accounts.PAYABLE,
        credit=accounts.BANK,
        amount_minor=amount_minor,
        event_at=event_at,
        now=now,
    )
    purchase.paid_by = actor
    purchase.event_at = event_at
    purchase.paid_at = now
    purchase.request_key = request_key
    purchase.save()
    note_document(
        purchase.document,
        act="purchase.paid",
        actor=actor,
        reason=reason,
        now=now,
        entries=[purchase.entry_id],
        amount_minor=amount_minor,
    )
    return purchase
