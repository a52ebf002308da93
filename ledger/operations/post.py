"""Booking one entry."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from ledger.models import EntryKind


@dataclass(frozen=True, slots=True)
class Line:
    """One posting to be: debit positive, credit negative, in minor units of the account's currency."""

    account: str
    amount_minor: int
    currency: str = "PLN"


@dataclass(frozen=True, slots=True)
class Posted:
    """The entry of a reference, and whether this call made it."""

    entry_id: int
    created: bool


class WrongLine(ValueError):
    """No lines, or an amount that is zero or not a whole number. A fault of the caller's."""

    def __init__(self, *, reference: str, line: Line | None) -> None:
        super().__init__(f"{reference}: {line or 'no lines'}")
        self.reference = reference
        self.line = line


class UnbalancedEntry(ValueError):
    """The lines don't sum to zero in a currency. A fault of the caller's."""

    def __init__(self, *, reference: str, currency: str, sum_minor: int) -> None:
        super().__init__(f"{reference}: {currency} sums to {sum_minor}")
        self.reference = reference
        self.currency = currency
        self.sum_minor = sum_minor


class UnknownAccount(LookupError):
    """No account has this code: its fund or partner was not opened. A fault of the caller's."""

    def __init__(self, *, reference: str, account: str) -> None:
        super().__init__(f"{reference}: no account {account}")
        self.reference = reference
        self.account = account


class ReferenceTaken(Exception):
    """The reference was booked before with another kind, other lines or another entry reversed. Never to be expected:
    references are made of our ids and the provider's, so the same one means the same event."""

    def __init__(self, *, reference: str, entry_id: int) -> None:
        super().__init__(f"{reference} is entry {entry_id}, with another content")
        self.reference = reference
        self.entry_id = entry_id


def post(
    *,
    reference: str,
    kind: EntryKind,
    event_at: datetime,
    lines: Sequence[Line],
    now: datetime,
    reverses: int | None = None,
) -> Posted:
    """Books an entry, in one round trip; booking the same reference and content again changes nothing.

    Content is the kind, the lines in any order, and the entry reversed; of two different `event_at` the first stands.
    Fits inside a database transaction, and is one by itself outside; what the database refuses at commit (see
    docs/ledger.md) raises IntegrityError there. `event_at` and `now` are aware; the month follows from `event_at`.
    Raises WrongLine, UnbalancedEntry, UnknownAccount, ReferenceTaken.
    """
    _must_balance(reference=reference, lines=lines)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry_id, outcome, detail FROM ledger_post(%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                reference,
                EntryKind(kind).value,
                event_at,
                now,
                reverses,
                [line.account for line in lines],
                [line.amount_minor for line in lines],
                [line.currency for line in lines],
            ],
        )
        entry_id, outcome, detail = cursor.fetchone()
    if outcome == "unknown":
        raise UnknownAccount(reference=reference, account=detail)
    if outcome == "different":
        raise ReferenceTaken(reference=reference, entry_id=entry_id)
    return Posted(entry_id=entry_id, created=outcome == "created")


def _must_balance(*, reference: str, lines: Sequence[Line]) -> None:
    if not lines:
        raise WrongLine(reference=reference, line=None)
    sums: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        if type(line.amount_minor) is not int or line.amount_minor == 0:
            raise WrongLine(reference=reference, line=line)
        sums[line.currency] += line.amount_minor
    for currency, sum_minor in sums.items():
        if sum_minor:
            raise UnbalancedEntry(reference=reference, currency=currency, sum_minor=sum_minor)
