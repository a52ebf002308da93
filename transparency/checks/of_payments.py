"""Do the books agree with the payment provider's?"""

from collections.abc import Iterator

from django.db.models import Sum

from ledger.accounts import STRIPE_CLEARING
from ledger.models import EntryKind, JournalEntry
from transparency.checks.found import Found, Scope
from transparency.models import CheckName
from transparency.sources.books import month_sums, postings_at

MOST_ENTRIES = 20


def clearing(scope: Scope) -> Iterator[Found]:
    """Stripe clearing = opening + all balance movements + what is on the way; the finding names the categories."""
    balance = sum(each.amount for each in month_sums(scope.mark) if each.account == STRIPE_CLEARING)
    openings = list(JournalEntry.objects.filter(kind=EntryKind.OPENING).values_list("pk", flat=True))
    held = postings_at(scope.mark).filter(account__code=STRIPE_CLEARING, entry__in=openings)
    opening = held.aggregate(total=Sum("amount_minor"))["total"] or 0
    by_category = scope.reading.by_category
    waiting = scope.reading.on_the_way
    expected = opening + sum(by_category.values()) + sum(one.amount_minor for one in waiting)
    if balance == expected:
        return
    parts = ", ".join(f"{category} {net}" for category, net in by_category.items())
    yield Found(
        check=CheckName.CLEARING,
        subject=f"opening {opening}, {parts}",
        expected=expected,
        actual=balance,
        entries=tuple(one.entry_id for one in waiting[:MOST_ENTRIES]),
    )


def charges_have_movements(scope: Scope) -> Iterator[Found]:
    """Every booked charge has the movement that says its fee and its net."""
    for one in scope.reading.on_the_way:
        if one.what == "charge" and one.still_missing:
            yield Found(check=CheckName.CHARGES_HAVE_MOVEMENTS, subject=one.ref, entries=(one.entry_id,))
