"""Refunds by staff: asked for once, refused when they would give back more than came."""

from datetime import datetime, timedelta

from django.db import transaction

from core.models import User
from core.trail import ReasonMissing, record
from payments import current_provider
from payments.failures import FailureKind
from payments.models import CallOutcome, Charge, ChargeOutcome, Donation, Refund, RefundState, UnmatchedPayment
from payments.models.refund import HOLDING_STATES
from payments.operations.asking import ask, claim, note_answer, outside_database_transaction, wait_for_answer
from payments.operations.book_charge import book_charge_on_its_own
from payments.operations.book_refund import apply_refund
from payments.provider import ProviderRefused, ProviderUnavailable, RefundFacts
from payments.queries.disputed import is_disputed, kept_by_banks

KEY_REMEMBERED_FOR = timedelta(hours=20)
"""The provider forgets an idempotency key after about a day; a refund that old is looked up, not asked for again."""


class NothingToRefund(Exception):
    """The donation has no gift to give back. To be expected when a page was open for long."""

    def __init__(self, *, donation_id: int) -> None:
        self.donation_id = donation_id
        super().__init__(str(donation_id))


class OverRefund(Exception):
    """More than what is left of the payment. To be expected. `available` is in minor units of the payment's currency."""

    def __init__(self, *, available: int) -> None:
        self.available = available
        super().__init__(str(available))


class GiftIsDisputed(Exception):
    """The donor's bank has taken this payment, or asks for it: what goes back goes through the dispute. To be expected."""

    def __init__(self, *, charge_ref: str) -> None:
        self.charge_ref = charge_ref
        super().__init__(charge_ref)


class RequestReused(Exception):
    """A request key came back with another payment or another sum. A mistake of the form's."""

    def __init__(self, *, refund_id: int) -> None:
        self.refund_id = refund_id
        super().__init__(str(refund_id))


def refund_donation(
    *, donation_id: int, amount_minor: int, reason: str, actor: User, request_key: str, now: datetime
) -> Refund:
    """Give back `amount_minor` (in the donation's currency) of a gift. The same `request_key` is the same refund.

    Called outside any database transaction. Raises NothingToRefund, OverRefund, GiftIsDisputed, RequestReused,
    core.trail.ReasonMissing, ProviderUnavailable (the refund stays requested and is asked for again), ProviderRefused.
    """
    outside_database_transaction()
    charge = Charge.objects.filter(donation_id=donation_id, outcome=ChargeOutcome.GIFT).first()
    if charge is None:
        raise NothingToRefund(donation_id=donation_id)
    return _give_back(
        charge=charge,
        amount_minor=amount_minor,
        reason=reason,
        actor=actor,
        request_key=request_key,
        subject=f"donation:{donation_id}",
        now=now,
    )


def refund_unmatched(
    *, unmatched_id: int, reason: str, actor: User, request_key: str, now: datetime, amount_minor: int | None = None
) -> Refund:
    """Give back money that can't be placed: all of it, unless `amount_minor` says otherwise. Errors as above."""
    outside_database_transaction()
    charge = UnmatchedPayment.objects.select_related("charge").get(pk=unmatched_id).charge
    return _give_back(
        charge=charge,
        amount_minor=charge.amount_minor if amount_minor is None else amount_minor,
        reason=reason,
        actor=actor,
        request_key=request_key,
        subject=f"unmatched:{unmatched_id}",
        now=now,
    )


def _give_back(
    *, charge: Charge, amount_minor: int, reason: str, actor: User, request_key: str, subject: str, now: datetime
) -> Refund:
    if not reason.strip():
        raise ReasonMissing("refund")
    if charge.movement_id is None:
        # the fee decides what is left in the funds, so ask whether it is known by now
        book_charge_on_its_own(facts=current_provider().fetch_charge(ref=charge.ref), now=now)
    refund = _commit(
        charge_id=charge.pk,
        amount_minor=amount_minor,
        reason=reason,
        actor=actor,
        request_key=request_key,
        subject=subject,
        now=now,
    )
    return carry_out(refund_id=refund.pk, now=now)


def _commit(
    *, charge_id: int, amount_minor: int, reason: str, actor: User, request_key: str, subject: str, now: datetime
) -> Refund:
    with transaction.atomic(durable=True):
        charge = _locked(charge_id)
        known = Refund.objects.filter(request_key=request_key).first()
        if known is not None:
            if (known.charge_id, known.amount_minor) != (charge_id, amount_minor):
                raise RequestReused(refund_id=known.pk)
            return known
        if is_disputed(charge_id=charge.pk):
            raise GiftIsDisputed(charge_ref=charge.ref)
        available = refundable_minor(charge=charge)
        if not 0 < amount_minor <= available:
            raise OverRefund(available=available)
        refund = Refund.objects.create(
            charge=charge,
            request_key=request_key,
            amount_minor=amount_minor,
            reason=reason.strip(),
            actor=actor,
            requested_at=now,
        )
        record(
            actor=actor,
            act="refund",
            subject=subject,
            reason=reason,
            now=now,
            facts={"refund": refund.pk, "amount_minor": amount_minor},
        )
    return refund


def _locked(charge_id: int) -> Charge:
    """The charge with its donation's row locked first: the order that everyone keeps."""
    donation_id = Charge.objects.values_list("donation_id", flat=True).get(pk=charge_id)
    if donation_id is not None:
        Donation.objects.select_for_update().get(pk=donation_id)
    return Charge.objects.select_for_update().get(pk=charge_id)


def refundable_minor(*, charge: Charge) -> int:
    """What can still be given back, in minor units of the charge's currency; what is being requested is held."""
    held = Refund.objects.filter(charge=charge, state__in=HOLDING_STATES).values_list("amount_minor", flat=True)
    return charge.amount_minor - sum(held) - kept_by_banks(charge_id=charge.pk)


def refund_key(*, refund_id: int) -> str:
    """The idempotency key: by our refund's id, so that two equal partial refunds don't collide."""
    return f"refund:{refund_id}:create:1"


def carry_out(*, refund_id: int, now: datetime) -> Refund:
    """Ask for a committed refund, once, and apply the answer. Called outside any database transaction.

    Raises ProviderUnavailable, ProviderRefused.
    """
    outside_database_transaction()
    refund = Refund.objects.select_related("charge").get(pk=refund_id)
    if refund.state != RefundState.REQUESTED:
        return refund
    key = refund_key(refund_id=refund_id)
    if now - refund.requested_at > KEY_REMEMBERED_FOR:
        return _look_up(refund=refund, now=now)
    call = claim(key=key, donation=None, now=now)
    if call is None:
        answer = wait_for_answer(key=key)
        if answer.outcome == CallOutcome.UNKNOWN:
            raise ProviderUnavailable(kind=answer.failure_kind)
        return Refund.objects.get(pk=refund_id)
    known_fault = call.failure_kind == FailureKind.PROVIDER_FAULT.value
    try:
        facts = ask(key=key, question=lambda: _made_or_asked(refund=refund, key=key, look_first=known_fault), now=now)
    except ProviderRefused as error:
        Refund.objects.filter(pk=refund_id, state=RefundState.REQUESTED).update(
            state=RefundState.REFUSED, failure=f"{error.kind.value} {error.code}".strip()[:100]
        )
        raise
    applied = apply_refund(facts=facts, now=now)
    note_answer(key=key, ref=facts.ref, now=now)
    return applied


def _made_or_asked(*, refund: Refund, key: str, look_first: bool) -> RefundFacts:
    """A key that ended in the provider's own failure is answered with it again: look first whether it was made."""
    made = _find(refund=refund) if look_first else None
    if made is not None:
        return made
    return current_provider().refund(
        charge_ref=refund.charge.ref,
        amount_minor=refund.amount_minor,
        own_ref=str(refund.pk),
        idempotency_key=key,
    )


def _find(*, refund: Refund) -> RefundFacts | None:
    found = current_provider().list_refunds(charge_ref=refund.charge.ref)
    return next((facts for facts in found if facts.own_ref == str(refund.pk)), None)


def _look_up(*, refund: Refund, now: datetime) -> Refund:
    """The provider has forgotten the key: find out whether it made the refund. If it did not, staff ask anew."""
    facts = _find(refund=refund)
    if facts is not None:
        return apply_refund(facts=facts, now=now)
    Refund.objects.filter(pk=refund.pk, state=RefundState.REQUESTED).update(
        state=RefundState.REFUSED, failure="never reached the provider"
    )
    return Refund.objects.get(pk=refund.pk)
