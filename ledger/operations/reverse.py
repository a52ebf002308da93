"""Undoing an entry without changing it."""

from datetime import datetime

from ledger.models import EntryKind, Posting
from ledger.operations.post import Line, Posted, post


class NoSuchEntry(LookupError):
    """No entry has this id. A fault of the caller's."""

    def __init__(self, *, entry_id: int) -> None:
        super().__init__(f"no entry {entry_id}")
        self.entry_id = entry_id


def reverse(
    *, entry_id: int, reference: str, event_at: datetime, now: datetime, kind: EntryKind = EntryKind.REVERSAL
) -> Posted:
    """Books the exact mirror of an entry; again under the same reference it changes nothing.

    An entry is reversed at most once: under another reference the database raises IntegrityError.
    Raises NoSuchEntry, ReferenceTaken.
    """
    mirrored = [
        Line(account=account, amount_minor=-amount_minor, currency=currency)
        for account, amount_minor, currency in Posting.objects.filter(entry_id=entry_id)
        .order_by("id")
        .values_list("account__code", "amount_minor", "currency")
    ]
    if not mirrored:
        raise NoSuchEntry(entry_id=entry_id)
    return post(reference=reference, kind=kind, event_at=event_at, lines=mirrored, now=now, reverses=entry_id)
