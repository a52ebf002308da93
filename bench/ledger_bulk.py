"""Two years of entries made set-wise, for the audit to read."""

import psycopg

_ENTRIES = """
    INSERT INTO ledger_journalentry (reference, kind, period, event_at, booked_at, txid)
    SELECT 'bulk:' || number, CASE WHEN number %% 50 = 49 THEN 'redirect' ELSE 'cash_collection' END,
        extract(year FROM day) * 100 + extract(month FROM day), day, day, (number + 3)::text::xid8
    FROM (
        SELECT number, timestamptz '2024-11-01 12:00+00' + make_interval(days => (number * 730 / %(entries)s)::int) AS day
        FROM generate_series(0::bigint, %(entries)s - 1) AS number
    ) AS numbered ORDER BY number
"""
# Forty-nine gifts, then a decision: a part of them goes up the tree. No fund is ever below zero.
_POSTINGS = """
    INSERT INTO ledger_posting (entry_id, account_id, amount_minor, currency, period)
    SELECT e.id, a.id, line.sign * e.amount, 'PLN', e.period
    FROM (
        SELECT id, period, kind = 'redirect' AS redirected,
            CASE kind WHEN 'redirect' THEN 50000 ELSE 2000 + id %% 9000 END AS amount,
            split_part(reference, ':', 2)::bigint / 50 %% 2 = 0 AS low
        FROM ledger_journalentry WHERE reference LIKE 'bulk:%%'
    ) AS e
    CROSS JOIN (VALUES (1), (-1)) AS line(sign)
    JOIN ledger_account a ON a.code = CASE
        WHEN line.sign = 1 AND NOT e.redirected THEN 'asset:cash'
        WHEN line.sign = -1 AND e.redirected THEN CASE WHEN e.low THEN 'fund:FOREST' ELSE 'fund:GENERAL' END || ':redirect_in'
        ELSE CASE WHEN e.low THEN 'fund:WARM-NIGHT' ELSE 'fund:FOREST' END
            || CASE WHEN e.redirected THEN ':redirect_out' ELSE ':gifts' END END
    ORDER BY e.id
"""
_BALANCES = """
    INSERT INTO ledger_monthlybalance AS kept (account_id, period, shard, amount_minor)
    SELECT account_id, period, 32767, sum(amount_minor) FROM ledger_posting
    WHERE entry_id IN (SELECT id FROM ledger_journalentry WHERE reference LIKE 'bulk:%') GROUP BY account_id, period
"""
_INDEXES = {"posting_by_entry": "(entry_id)", "posting_by_account": "(account_id, entry_id)"}


def load(url: str, *, postings: int) -> None:
    """Adds that many postings, two to an entry, as a superuser for whom triggers don't fire; then all is as it was."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for index in _INDEXES:
            connection.execute(f"DROP INDEX {index}")
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute(_ENTRIES, {"entries": postings // 2})
        connection.execute(_POSTINGS, {})
        connection.execute(_BALANCES)
        for index, columns in _INDEXES.items():
            connection.execute(f"CREATE INDEX {index} ON ledger_posting {columns}")
        connection.execute("VACUUM (ANALYZE)")
