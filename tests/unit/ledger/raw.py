"""Writing to the ledger's tables as no operation does, and replacing what guards them."""

import re

import psycopg

PERIOD = 202611
EVENT_AT = "2026-11-21 12:00+00"


def insert_entry(
    session: psycopg.Connection,
    *,
    reference: str,
    period: int = PERIOD,
    event_at: str = EVENT_AT,
    reverses: int | None = None,
) -> int:
    """Inserts an entry alone; returns its id."""
    return session.execute(
        "INSERT INTO ledger_journalentry (reference, kind, period, event_at, booked_at, reverses_id)"
        " VALUES (%s, 'gift', %s, %s, %s, %s) RETURNING id",
        [reference, period, event_at, event_at, reverses],
    ).fetchone()[0]


def insert_postings(
    session: psycopg.Connection,
    entry_id: int,
    *amounts: tuple[str, int],
    period: int = PERIOD,
    currency: str = "PLN",
) -> None:
    """Inserts postings (account, amount) of an entry in one statement."""
    session.execute(
        "INSERT INTO ledger_posting (entry_id, account_id, amount_minor, currency, period)"
        " SELECT %s, a.id, l.amount, %s, %s FROM unnest(%s::text[], %s::bigint[]) AS l(code, amount)"
        " JOIN ledger_account a ON a.code = l.code",
        [entry_id, currency, period, [code for code, _ in amounts], [amount for _, amount in amounts]],
    )


def rewrite_function(session: psycopg.Connection, name: str, old: str, new: str) -> None:
    """Replaces part of a function's source, for a negative control; commits. The part must be there."""
    source = session.execute("SELECT pg_get_functiondef(%s::regproc)", [name]).fetchone()[0]
    assert re.search(re.escape(old), source), f"{old} does not stand in {name}"
    session.execute(source.replace(old, new))
    session.commit()
