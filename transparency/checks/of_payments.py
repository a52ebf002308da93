"""Do the books agree with the payment provider's?"""

from collections.abc import Iterator

from django.db.models import Sum

from ledger.accounts import STRIPE_CLEARING
from ledger.models import EntryKind
from transparency.checks.found import Found, Scope
from transparency.models import CheckName
from transparency.sources.books import postings_at
from transparency.sources.giving import charges_without_movement, movements_by_category


def clearing(scope: Scope) -> Iterator[Found]:
    """Stripe clearing at the mark = what it opened with + all balance movements; the finding names the categories."""
    held = postings_at(scope.mark).filter(account__code=STRIPE_CLEARING)
    balance = held.aggregate(total=Sum("amount_minor"))["total"] or 0
    opening = held.filter(entry__kind=EntryKind.OPENING).aggregate(total=Sum("amount_minor"))["total"] or 0
    by_category = movements_by_category(mark=scope.mark)
    expected = opening + sum(by_category.values())
    if balance == expected:
        return
    parts = ", ".join(f"{category} {net}" for category, net in sorted(by_category.items()))
    yield Found(
        check=CheckName.CLEARING,
        subject=f"opening {opening}, {parts}",
        expected=expected,
        actual=balance,
        entries=tuple(entry_id for _, entry_id in charges_without_movement(mark=scope.mark)),
    )


def charges_have_movements(scope: Scope) -> Iterator[Found]:
    """Every booked charge has the movement that says its fee and its net."""
    for charge, entry_id in charges_without_movement(mark=scope.mark):
        yield Found(check=CheckName.CHARGES_HAVE_MOVEMENTS, subject=charge, entries=(entry_id,))
