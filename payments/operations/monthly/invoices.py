"""Renewals: each paid invoice is one donation, or money that can't be placed. In whatever order we hear of it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from core.documents.canonical import canonical_json, sha256_hex
from payments import current_provider
from payments.models import (
    Charge,
    Donation,
    DonationLine,
    MonthlyAct,
    MonthlyGift,
    MonthlySubscription,
    MonthlyTerms,
    UnmatchedReason,
)
from payments.monthly_calendar import warsaw_day
from payments.monthly_states import ActState
from payments.operations.asking import outside_database_transaction
from payments.operations.book_charge import book_charge, book_charge_on_its_own
from payments.operations.monthly.follow import apply_subscription, gift_of_subscription
from payments.operations.monthly.moves import lock_gift
from payments.operations.monthly.trouble import follow_trouble
from payments.operations.periods import period_is_taken
from payments.provider import ChargeFacts, ChargeStatus, InvoiceFacts, InvoiceStatus
from payments.queries.share_policies import lower_share
from payments.states import DonationState

SETTLES = (InvoiceStatus.PAID, InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE)
"""What can still hold money or trouble of ours: drafts are not decided, void ones hold nothing."""


@dataclass(frozen=True)
class Applied:
    """What became of a renewal. `ignored_because` is "" when it was applied."""

    gift_id: int | None
    ignored_because: str


def apply_invoice(*, ref: str, now: datetime) -> Applied:
    """Fetch a renewal and apply what it says: its charge becomes one donation, booked with fee, receipt and move.

    Called outside any database transaction; any number of times, also at once, and before or after its subscription is
    heard of. Raises ProviderUnavailable, ProviderRefused, WrongMode.
    """
    outside_database_transaction()
    facts = current_provider().fetch_invoice(ref=ref)
    gift = _gift_of(facts=facts, now=now)
    if gift is None:
        for charge in facts.charges:
            book_charge_on_its_own(facts=charge, now=now)
        return Applied(gift_id=None, ignored_because="" if facts.charges else "an invoice of no monthly gift of ours")
    if not facts.charges and facts.amount_due_minor <= 0:
        return Applied(gift_id=gift.pk, ignored_because="an invoice of nothing: the first charge is on a later day")
    with transaction.atomic():
        locked = lock_gift(gift_id=gift.pk)
        for charge in facts.charges:
            _place(charge=charge, facts=facts, gift=locked, now=now)
        if facts.status is not InvoiceStatus.DRAFT:
            follow_trouble(facts=facts, gift=locked, now=now)
            _look_ahead(facts=facts, gift=locked)
    return Applied(gift_id=gift.pk, ignored_because="")


def apply_invoices_of(*, subscription_ref: str, now: datetime) -> int:
    """Apply the renewals of a subscription that nothing of ours stands for yet. Says how many were looked at.

    Called outside any database transaction. Raises ProviderUnavailable, ProviderRefused.
    """
    listed = [
        facts
        for facts in current_provider().list_invoices(subscription_ref=subscription_ref)
        if facts.status in SETTLES and facts.amount_due_minor > 0
    ]
    stands = set(
        Donation.objects.filter(invoice_ref__in=[facts.ref for facts in listed], settled_at__isnull=False).values_list(
            "invoice_ref", flat=True
        )
    )
    waiting = [facts for facts in reversed(listed) if facts.ref not in stands]
    for facts in waiting:
        apply_invoice(ref=facts.ref, now=now)
    return len(waiting)


def book_any_charge(*, facts: ChargeFacts, now: datetime) -> None:
    """Book a charge that was met on its own: by its invoice if it paid one, else by the donation that it names.

    Called outside any database transaction. Raises ProviderUnavailable, ProviderRefused, WrongMode.
    """
    if facts.status is not ChargeStatus.SUCCEEDED or not facts.invoice_ref:
        book_charge_on_its_own(facts=facts, now=now)
        return
    booked = Charge.objects.filter(ref=facts.ref, booked_minor__isnull=False, movement__isnull=False)
    if not booked.exists():
        apply_invoice(ref=facts.invoice_ref, now=now)


def _gift_of(*, facts: InvoiceFacts, now: datetime) -> MonthlyGift | None:
    """The gift that a renewal belongs to. Its subscription is noted first, since what it ended at decides."""
    known = MonthlySubscription.objects.filter(ref=facts.subscription_ref).exists()
    if facts.subscription_ref and not known:
        found = apply_subscription(facts=current_provider().fetch_subscription(ref=facts.subscription_ref), now=now)
        if found is not None:
            return found
    found = gift_of_subscription(monthly_ref=facts.monthly_ref, subscription_ref=facts.subscription_ref)
    if found is None and facts.subscription_ref and facts.customer_ref:
        found = MonthlyGift.objects.filter(customer_ref=facts.customer_ref).order_by("pk").first()
    return found


def _look_ahead(*, facts: InvoiceFacts, gift: MonthlyGift) -> None:
    """This renewal is decided, so the next one is that of the period after it; the provider's own figure."""
    waits = gift.next_charge_at is not None and gift.next_charge_at <= facts.period_start
    if waits and gift.subscription_ref == facts.subscription_ref:
        gift.next_charge_at = facts.period_end
        gift.save(update_fields=["next_charge_at"])


def _place(*, charge: ChargeFacts, facts: InvoiceFacts, gift: MonthlyGift, now: datetime) -> None:
    """Book one charge of a renewal, as its donation or as money that can't be placed. Once decided it stays so."""
    if charge.status is not ChargeStatus.SUCCEEDED:
        return
    stored = Charge.objects.filter(ref=charge.ref).first()
    if stored is not None:
        if stored.donation_id is not None:
            Donation.objects.select_for_update().get(pk=stored.donation_id)
        book_charge(facts=charge, donation=stored.donation, now=now)
        return
    terms = _terms_of(facts=facts, gift=gift)
    donation = Donation.objects.select_for_update().filter(invoice_ref=facts.ref).first()
    refused = why_not_a_renewal(charge=charge, facts=facts, gift=gift, terms=terms, donation=donation)
    if refused is None and donation is None and terms is not None:
        donation = _donation(facts=facts, gift=gift, terms=terms, now=now)
    book_charge(facts=charge, donation=donation, refused=refused, monthly_gift=gift, now=now)


def why_not_a_renewal(
    *,
    charge: ChargeFacts,
    facts: InvoiceFacts,
    gift: MonthlyGift,
    terms: MonthlyTerms | None,
    donation: Donation | None,
) -> UnmatchedReason | None:
    """None when the charge is the gift that was agreed for this period. Called with the monthly gift locked."""
    ended = MonthlySubscription.objects.filter(ref=facts.subscription_ref).values_list("ended_at", flat=True).first()
    if ended is not None and (facts.created_at > ended or charge.created_at > ended):
        return UnmatchedReason.AFTER_CANCELLATION
    if terms is None:
        return UnmatchedReason.NO_INTENT
    due_on = warsaw_day(facts.period_start)
    if period_is_taken(gift_id=gift.pk, due_on=due_on, besides=donation.pk if donation is not None else None):
        return UnmatchedReason.SECOND_CHARGE
    if charge.currency != gift.currency:
        return UnmatchedReason.WRONG_CURRENCY
    if charge.amount_minor != terms.gross_minor:
        return UnmatchedReason.WRONG_AMOUNT
    return None


def _terms_of(*, facts: InvoiceFacts, gift: MonthlyGift) -> MonthlyTerms | None:
    """The version that the invoice was made for, among this gift's own.

    The provider takes the sum when it drafts an invoice, and the name of the version an hour later, when it finalises it.
    One that was agreed in between has not begun with this period: the one before it holds.
    """
    ref = facts.terms_ref
    if not (ref.isascii() and ref.isdigit()) or len(ref) > 18:
        return None
    named = MonthlyTerms.objects.filter(pk=int(ref), gift=gift).first()
    if named is None or named.version == 1 or named.created_at <= facts.period_start:
        return named
    confirmed = MonthlyAct.objects.filter(gift=gift, state=ActState.CONFIRMED, terms__isnull=False)
    in_force = MonthlyTerms.objects.filter(
        Q(version=1) | Q(pk__in=confirmed.values("terms")), gift=gift, created_at__lte=facts.period_start
    )
    return in_force.order_by("-version").first() or named


def _donation(*, facts: InvoiceFacts, gift: MonthlyGift, terms: MonthlyTerms, now: datetime) -> Donation:
    """The donation of a renewal. Its intent was committed with the terms: this row only gives it a place in the books."""
    donation = Donation.objects.create(
        state=DonationState.DRAFT,
        donor_id=gift.donor_id,
        intent_key=f"invoice:{facts.ref}",
        content_digest=sha256_hex(canonical_json({"gift": gift.pk, "terms": terms.pk, "invoice": facts.ref})),
        token=secrets.token_urlsafe(16),
        currency=gift.currency,
        lines_minor=terms.lines_minor,
        cover_fee_minor=terms.cover_fee_minor,
        gross_minor=terms.gross_minor,
        language=gift.language,
        terms_version=gift.terms_version,
        success_url=gift.success_url,
        cancel_url=gift.cancel_url,
        checkout_expires_at=now,
        created_at=now,
        monthly_gift=gift,
        monthly_terms=terms,
        due_on=warsaw_day(facts.period_start),
        invoice_ref=facts.ref,
        share_policy_id=lower_share(agreed=terms.share_policy, now=facts.created_at),
    )
    written = DonationLine.objects.bulk_create(
        DonationLine(
            donation=donation,
            position=line.position,
            title=line.title,
            fund_code=line.fund_code,
            unit_minor=line.unit_minor,
            quantity=line.quantity,
            fallback=line.fallback,
        )
        for line in terms.lines.all()
    )
    # As if prefetched: what was just written need not be read again by booking and receipt.
    vars(donation)["_prefetched_objects_cache"] = {"lines": written}
    return donation
