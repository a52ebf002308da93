"""Taking in a payout: the payout itself, and everything that was paid out in it."""

from datetime import datetime

from payments import current_provider
from payments.models import BalanceMovement, Payout
from payments.operations.asking import outside_database_transaction
from payments.operations.book_movement import book_movement
from payments.operations.book_payout import apply_payout
from payments.provider import MovementFacts


def take_in_payout(*, ref: str, now: datetime) -> Payout:
    """Fetch a payout, with its parts once the provider can list them, and apply what it says; a part that nobody has told
    us of is booked first.

    Called outside any database transaction; any number of times, in any order. Raises ProviderUnavailable,
    ProviderRefused, WrongMode.
    """
    outside_database_transaction()
    provider = current_provider()
    facts = provider.fetch_payout(ref=ref)
    parts = list(provider.list_payout_parts(ref=ref)) if facts.reconciled else None
    for part in _unknown(parts or []):
        book_movement(facts=part, now=now)
    return apply_payout(facts=facts, parts=parts, now=now)


def _unknown(parts: list[MovementFacts]) -> list[MovementFacts]:
    """Oldest first, so that a charge is booked before its refund."""
    known = set(BalanceMovement.objects.filter(ref__in=[part.ref for part in parts]).values_list("ref", flat=True))
    return sorted((part for part in parts if part.ref not in known), key=lambda part: part.created_at)
