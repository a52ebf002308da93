"""Warnings of fraud: told to staff, never acted on by themselves."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from payments import current_provider
from payments.models import Charge, FraudWarning, MatterKind
from payments.operations.asking import outside_database_transaction
from payments.operations.book_charge import WrongMode
from payments.operations.matters import open_matter, settle_matter
from payments.operations.monthly.invoices import book_any_charge
from payments.provider import FraudWarningFacts


def take_in_warning(*, ref: str, now: datetime) -> FraudWarning:
    """Fetch a warning and put it before the staff, who decide. Called outside any database transaction; any number of
    times. Raises ProviderUnavailable, ProviderRefused, WrongMode."""
    outside_database_transaction()
    provider = current_provider()
    facts = provider.fetch_fraud_warning(ref=ref)
    if not Charge.objects.filter(ref=facts.charge_ref).exists():
        book_any_charge(facts=provider.fetch_charge(ref=facts.charge_ref), now=now)
    return apply_warning(facts=facts, now=now)


def apply_warning(*, facts: FraudWarningFacts, now: datetime) -> FraudWarning:
    """Apply facts that were fetched before. Raises WrongMode."""
    if facts.livemode is not settings.STRIPE_LIVEMODE:
        raise WrongMode(charge_ref=facts.charge_ref)
    with transaction.atomic():
        charge = Charge.objects.select_for_update().get(ref=facts.charge_ref)
        FraudWarning.objects.bulk_create(
            [
                FraudWarning(
                    ref=facts.ref, charge=charge, kind=facts.kind[:60], created_at=facts.created_at, seen_at=now
                )
            ],
            ignore_conflicts=True,
        )
        warning = FraudWarning.objects.get(ref=facts.ref)
        subject = f"{warning}"
        if facts.actionable:
            told = {"amount_minor": charge.amount_minor, "currency": charge.currency, "donation": charge.donation_id}
            open_matter(kind=MatterKind.FRAUD_WARNING, subject=subject, facts=told, now=now)
        else:
            because = "the payment went back, or is disputed"
            settle_matter(kind=MatterKind.FRAUD_WARNING, subject=subject, because=because, now=now)
    return warning
