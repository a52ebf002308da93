"""Two years of gifts made set-wise: donations, charges, the provider's movements, entries and postings, all agreeing.

Every gift has the two postings of its entry; every fiftieth a fee of its own, so that fees are there and the sum of
postings stays what the benchmark names.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

TABLES = (
    "donors_donor",
    "payments_donation",
    "payments_donationline",
    "payments_balancemovement",
    "payments_charge",
    "ledger_journalentry",
    "ledger_posting",
)
FUNDS = (
    "WARM-NIGHT",
    "DRY-CLOTHES",
    "FOOD-WATER",
    "CONTACT",
    "FIELD-TEAM",
    "LAWYER",
    "FIRST-AID",
    "BEHIND-WALLS",
    "FIRST-STEPS",
    "GENERAL",
)
FIRST_DAY = "2024-11-01 12:00+00"
DAYS = 729
FEE_MINOR = 150
MEAN_GIFT_MINOR = 26_500

_GIFTS = """
    CREATE TABLE bench_gift AS
    SELECT n AS id, 1 + n %% %(donors)s AS donor_id, 2000 + (n * 7919) %% 49000 AS amount,
        (%(funds)s::text[])[1 + n %% 10] AS fund, 'ch_b' || n AS charge_ref, n %% 50 = 0 AS has_fee,
        timestamptz '{first_day}' + make_interval(secs => (n - 1)::double precision * {days} * 86400 / %(gifts)s) AS at
    FROM generate_series(1::bigint, %(gifts)s) AS n
"""

_FILL = (
    """
    INSERT INTO donors_donor (id, anonymous, wrapped_with, language, first_seen_at, last_seen_at, erased_at)
    OVERRIDING SYSTEM VALUE
    SELECT n, false, '', 'pl', timestamptz '{first_day}', timestamptz '{first_day}', timestamptz '{first_day}'
    FROM generate_series(1::bigint, %(donors)s) AS n
    """,
    """
    INSERT INTO payments_donation (id, state, donor_id, intent_key, content_digest, token, currency, lines_minor,
        cover_fee_minor, gross_minor, refunded_minor, language, terms_version, success_url, cancel_url, checkout_url,
        checkout_expires_at, created_at, settled_at)
    OVERRIDING SYSTEM VALUE
    SELECT id, 'settled', donor_id, 'bench-' || id, '', 'bench-' || id, 'PLN', amount, 0, amount, 0, 'pl', '2026-11',
        '', '', '', at, at, at
    FROM bench_gift ORDER BY id
    """,
    """
    INSERT INTO payments_waitinggift (donation_id, settled_at) SELECT id, at FROM bench_gift ORDER BY id
    """,
    """
    INSERT INTO payments_donationline (id, donation_id, position, title, fund_code, unit_minor, quantity, fallback)
    OVERRIDING SYSTEM VALUE
    SELECT id, id, 0, 'Ciepła noc', fund, amount, 1, '-' FROM bench_gift ORDER BY id
    """,
    """
    INSERT INTO payments_balancemovement (id, ref, kind, category, amount_minor, fee_minor, net_minor, currency,
        source_ref, created_at, available_on, seen_at)
    OVERRIDING SYSTEM VALUE
    SELECT id, 'txn_b' || id, 'charge', 'charge', amount, fee, amount - fee, 'PLN', charge_ref, at, at, at
    FROM (SELECT *, CASE WHEN has_fee THEN {fee} ELSE 0 END AS fee FROM bench_gift) AS gift ORDER BY id
    """,
    """
    INSERT INTO payments_charge (id, ref, payment_ref, donation_id, outcome, amount_minor, currency, booked_minor, method,
        livemode, paid_at, seen_at, movement_id)
    OVERRIDING SYSTEM VALUE
    SELECT id, charge_ref, 'pi_b' || id, id, 'gift', amount, 'PLN', amount, 'card', false, at, at, id
    FROM bench_gift ORDER BY id
    """,
    """
    INSERT INTO ledger_journalentry (id, reference, kind, period, event_at, booked_at, txid)
    OVERRIDING SYSTEM VALUE
    SELECT {base} + id * 2 + fee, CASE fee WHEN 0 THEN 'gift:' || charge_ref ELSE 'fee:txn_b' || id END,
        CASE fee WHEN 0 THEN 'gift' ELSE 'processor_fee' END,
        extract(year FROM at AT TIME ZONE 'Europe/Warsaw') * 100 + extract(month FROM at AT TIME ZONE 'Europe/Warsaw'),
        at, at, (id + 3)::text::xid8
    FROM bench_gift CROSS JOIN (VALUES (0), (1)) AS part(fee) WHERE fee = 0 OR has_fee ORDER BY id, fee
    """,
    """
    INSERT INTO ledger_posting (entry_id, account_id, amount_minor, currency, period)
    SELECT {base} + bench_gift.id * 2 + fee, account.id, line.sign * CASE fee WHEN 0 THEN amount ELSE -{fee} END, 'PLN',
        extract(year FROM at AT TIME ZONE 'Europe/Warsaw') * 100 + extract(month FROM at AT TIME ZONE 'Europe/Warsaw')
    FROM bench_gift CROSS JOIN (VALUES (0), (1)) AS part(fee) CROSS JOIN (VALUES (1), (-1)) AS line(sign)
    JOIN ledger_account account ON account.code = CASE
        WHEN line.sign = 1 THEN 'asset:stripe_clearing'
        WHEN fee = 0 THEN 'fund:' || fund || ':gifts' ELSE 'fund:' || fund || ':fees' END
    WHERE fee = 0 OR has_fee ORDER BY bench_gift.id, fee
    """,
    """
    INSERT INTO ledger_monthlybalance AS kept (account_id, period, shard, amount_minor)
    SELECT account_id, period, 32767, sum(amount_minor) FROM ledger_posting WHERE entry_id > {base}
    GROUP BY account_id, period
    """,
    "DROP TABLE bench_gift",
)


def load(url: str, *, gifts: int) -> None:
    """Fills an empty shop that has its catalogue, as a superuser for whom triggers don't fire; then all is as it was."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("SET work_mem = '256MB'")
        found = connection.execute("SELECT coalesce(max(id), 0) FROM ledger_journalentry").fetchone()
        words = {"first_day": FIRST_DAY, "days": DAYS, "fee": FEE_MINOR, "base": found[0] if found else 0}
        given = {"gifts": gifts, "donors": max(gifts // 10, 1), "funds": list(FUNDS)}
        with _without_indexes(connection):
            for statement in (_GIFTS, *_FILL):
                text = statement.format(**words)
                connection.execute(text, given if "%(" in text else {})
            for table in TABLES:
                connection.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                )
        connection.execute("VACUUM (ANALYZE)")


def tidy(url: str) -> None:
    """What the server does by itself within minutes of millions of changed rows: nobody lines up five million at once."""
    with psycopg.connect(url, autocommit=True) as connection:
        for table in ("payments_waitinggift", "payments_linedupgift", "attribution_lineplace"):
            connection.execute(f"VACUUM (ANALYZE) {table}")


@contextmanager
def _without_indexes(connection: psycopg.Connection) -> Iterator[None]:
    """Drops what can be made again faster afterwards: indexes and unique constraints, primary keys apart."""
    rebuild = []
    for table in TABLES:
        constraints = connection.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'",
            [table],
        ).fetchall()
        for name, definition in constraints:
            connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            rebuild.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        indexes = connection.execute(
            "SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE indrelid = %s::regclass AND NOT indisprimary",
            [table],
        ).fetchall()
        for name, definition in indexes:
            connection.execute(f'DROP INDEX "{name}"')
            rebuild.append(definition)
    yield
    for statement in rebuild:
        connection.execute(statement)
