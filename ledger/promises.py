"""The promises that the ledger itself holds, as checks of the audit. Each looks at every row, whatever the triggers did."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from ledger import audit
from ledger.audit import Checked, Finding
from ledger.queries.homes import stands_at_home

MOST_FINDINGS = 100
"""Of one check: a ledger that is broken everywhere is said to be so in a page, not in a gigabyte."""

# One pass over all entries finds those that could be wrong; what exactly is wrong is asked of these alone.
_NOT_WHOLE = """
    WITH suspect AS MATERIALIZED (
        SELECT coalesce(e.id, sums.entry_id) AS id, e.reference, sums.entry_id IS NULL AS empty,
            e.id IS NULL OR NOT sums.agrees OR sums.first_period <> e.period OR sums.last_period <> e.period AS stray
        FROM ledger_journalentry e
        FULL JOIN (
            SELECT p.entry_id, sum(p.amount_minor) AS amount, min(p.period) AS first_period, max(p.period) AS last_period,
                sum(p.amount_minor) FILTER (WHERE a.kind = 'memo') AS memo, bool_and(a.currency IS NOT DISTINCT FROM p.currency)
                AS agrees, min(p.currency) <> max(p.currency) AS mixed
            FROM ledger_posting p LEFT JOIN ledger_account a ON a.id = p.account_id GROUP BY p.entry_id
        ) AS sums ON sums.entry_id = e.id
        WHERE e.id IS NULL OR sums.entry_id IS NULL OR sums.amount <> 0 OR sums.memo <> 0 OR sums.mixed
            OR NOT sums.agrees OR sums.first_period <> e.period OR sums.last_period <> e.period
    )
    SELECT id, reference, 'has no postings' FROM suspect WHERE empty
    UNION ALL SELECT id, reference, 'a posting has another month or currency' FROM suspect WHERE stray
    UNION ALL
    SELECT s.id, s.reference, format('%%s to %%s %%s',
            CASE WHEN bool_and(a.kind = 'memo') THEN 'memo accounts sum' ELSE 'sums' END, sum(p.amount_minor), p.currency)
        FROM suspect s JOIN ledger_posting p ON p.entry_id = s.id LEFT JOIN ledger_account a ON a.id = p.account_id
        GROUP BY s.id, s.reference, p.currency, a.kind = 'memo'
        HAVING sum(p.amount_minor) <> 0
    ORDER BY 1, 3 LIMIT %s
"""
_TOTALS = """
    SELECT currency, sum(amount_minor), count(*) FROM ledger_posting GROUP BY currency ORDER BY currency
"""
_MIRRORS = """
    SELECT wrong.id, wrong.reference FROM (
        SELECT r.id, r.reference, p.account_id, sum(p.amount_minor) AS amount_minor
        FROM ledger_journalentry r JOIN ledger_posting p ON p.entry_id IN (r.id, r.reverses_id)
        WHERE r.reverses_id IS NOT NULL
        GROUP BY r.id, r.reference, p.account_id HAVING sum(p.amount_minor) <> 0
    ) AS wrong GROUP BY wrong.id, wrong.reference ORDER BY wrong.id LIMIT %s
"""
_OUT_OF_STEP = """
    SELECT a.code, period, coalesce(kept.amount_minor, 0), coalesce(counted.amount_minor, 0)
    FROM (SELECT account_id, period, sum(amount_minor) AS amount_minor FROM ledger_monthlybalance GROUP BY 1, 2) AS kept
    FULL JOIN (
        SELECT account_id, period, sum(amount_minor) AS amount_minor FROM ledger_posting GROUP BY 1, 2
    ) AS counted USING (account_id, period)
    LEFT JOIN ledger_account a ON a.id = account_id
    WHERE coalesce(kept.amount_minor, 0) <> coalesce(counted.amount_minor, 0) ORDER BY 1, 2 LIMIT %s
"""
# Funds that might have been below zero within some 4,096 entries: what they had before, less all that was taken in them.
# The others were not, whatever the order was, and need not be gone through entry by entry.
_DOUBTFUL_FUNDS = """
    SELECT DISTINCT fund_id FROM (
        SELECT fund_id, taken, sum(change) OVER (PARTITION BY fund_id ORDER BY block) - change AS before
        FROM (
            SELECT a.fund_id, p.entry_id / 4096 AS block, sum(-p.amount_minor) AS change,
                coalesce(sum(p.amount_minor) FILTER (WHERE p.amount_minor > 0), 0) AS taken
            FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id AND a.fund_id IS NOT NULL AND a.use <> 'reserve'
            GROUP BY 1, 2
        ) AS blocks
    ) AS running WHERE before < taken
"""
# A release counts before all else in its database transaction, since it frees what is spent beside it. And what takes no more
# than is released beside it takes the fund nowhere: a refund may have taken it below zero since the money was promised. Nor
# does setting aside again what is unspent in the same instant.
_BELOW_ZERO = """
    SELECT f.code, step.entry_id, e.reference, min(step.available)
    FROM (
        SELECT a.fund_id, p.entry_id, p.amount_minor, e.kind, sum(-p.amount_minor) OVER (
            PARTITION BY a.fund_id
            ORDER BY CASE e.kind WHEN 'release' THEN first.entry_id * 2 ELSE p.entry_id * 2 + 1 END
        ) AS available, bool_or(e.kind = 'release') OVER beside AS released, sum(-p.amount_minor) OVER beside AS change
        FROM ledger_posting p
        JOIN ledger_account a ON a.id = p.account_id AND a.fund_id = ANY(%s) AND a.use <> 'reserve'
        JOIN ledger_journalentry e ON e.id = p.entry_id
        LEFT JOIN (
            SELECT ledger_home_of(id) AS home, txid, min(id) AS entry_id FROM ledger_journalentry
            WHERE txid IN (SELECT txid FROM ledger_journalentry WHERE kind = 'release') GROUP BY ledger_home_of(id), txid
        ) AS first ON e.kind = 'release' AND first.txid = e.txid AND first.home = ledger_home_of(e.id)
        WINDOW beside AS (PARTITION BY a.fund_id, ledger_home_of(e.id), e.txid)
    ) AS step
    JOIN ledger_fund f ON f.id = step.fund_id JOIN ledger_journalentry e ON e.id = step.entry_id
    WHERE step.kind IN ('commitment', 'grant', 'purchase', 'settlement', 'redirect', 'loss_cover')
        AND step.amount_minor > 0 AND step.available < 0 AND NOT (step.released AND step.change >= 0)
        AND e.reference NOT LIKE 'recommitment:%%'
    GROUP BY f.code, step.entry_id, e.reference ORDER BY step.entry_id LIMIT %s
"""
_NOT_UP_THE_TREE = """
    WITH RECURSIVE above AS (
        SELECT id AS fund_id, parent_id AS ancestor_id FROM ledger_fund
        UNION ALL
        SELECT above.fund_id, f.parent_id FROM above JOIN ledger_fund f ON f.id = above.ancestor_id
    )
    , moved AS MATERIALIZED (
        SELECT p.entry_id, a.use, a.fund_id FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        WHERE a.use IN ('redirect_out', 'redirect_in')
    )
    SELECT e.id, e.reference, source.code, target.code
    FROM moved lost JOIN moved won ON won.entry_id = lost.entry_id AND won.use = 'redirect_in'
    JOIN ledger_fund source ON source.id = lost.fund_id JOIN ledger_fund target ON target.id = won.fund_id
    JOIN ledger_journalentry e ON e.id = lost.entry_id AND e.kind = 'redirect'
    WHERE lost.use = 'redirect_out'
        AND NOT EXISTS (SELECT FROM above WHERE above.fund_id = source.id AND above.ancestor_id = target.id)
    ORDER BY e.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class _Guard:
    table: str
    trigger: str


GUARDS = [
    _Guard("ledger_journalentry", "ledger_entry_before"),
    _Guard("ledger_journalentry", "ledger_entry_at_commit"),
    _Guard("ledger_posting", "ledger_posting_after"),
    _Guard("ledger_period", "ledger_period_alone"),
    _Guard("ledger_period", "ledger_period_closes_once"),
    *(
        _Guard(table, f"{table}_is_append_only")
        for table in (
            "ledger_fund",
            "ledger_account",
            "ledger_journalentry",
            "ledger_posting",
            "ledger_mark",
            "ledger_home",
        )
    ),
]
"""The triggers by which the database refuses; without one of them the others' promises are only habits."""
_OUT_OF_REACH = ["ledger_account", "ledger_journalentry", "ledger_posting", "ledger_mark", "ledger_monthlybalance"]


@contextmanager
def _reading() -> Iterator[CursorWrapper]:
    """A cursor with memory enough to sum up the whole ledger."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        yield cursor


def _count(cursor: CursorWrapper, what: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {what}")  # noqa: S608 -- `what` is written in this module
    return int(cursor.fetchone()[0])


def entries_are_whole() -> Checked:
    """Promise 1: each has postings, in its month and their account's currency; they sum to zero, memo accounts apart."""
    with _reading() as cursor:
        cursor.execute(_NOT_WHOLE, [MOST_FINDINGS])
        findings = [Finding(what, entry_id, reference or "") for entry_id, reference, what in cursor.fetchall()]
        return Checked(_count(cursor, "ledger_journalentry"), findings)


def ledger_sums_to_zero() -> Checked:
    """Promise 1: the whole ledger, per currency."""
    with _reading() as cursor:
        cursor.execute(_TOTALS)
        totals = cursor.fetchall()
    findings = [Finding(f"the whole ledger sums to {amount} {currency}") for currency, amount, _ in totals if amount]
    return Checked(sum(count for _, _, count in totals), findings)


def database_refuses_changes() -> Checked:
    """Promise 2: every trigger stands and fires, and the application's role has no right to change what is booked."""
    findings = []
    with _reading() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        )
        standing = set(cursor.fetchall())
        findings += [
            Finding(f"the trigger {guard.trigger} on {guard.table} is missing or disabled")
            for guard in GUARDS
            if (guard.table, guard.trigger) not in standing
        ]
        role = settings.DATABASE_APP_ROLE
        for table in _OUT_OF_REACH:
            cursor.execute("SELECT has_table_privilege(%s, %s, 'UPDATE, DELETE, TRUNCATE')", [role, table])
            if cursor.fetchone()[0]:
                findings.append(Finding(f"the role {role} may change {table}"))
    return Checked(len(GUARDS) + len(_OUT_OF_REACH), findings)


def reversals_mirror() -> Checked:
    """Promise 2: a correction is the exact mirror of the entry it corrects."""
    with _reading() as cursor:
        cursor.execute(_MIRRORS, [MOST_FINDINGS])
        findings = [
            Finding("is no mirror of the entry it reverses", entry_id, reference)
            for entry_id, reference in cursor.fetchall()
        ]
        return Checked(_count(cursor, "ledger_journalentry WHERE reverses_id IS NOT NULL"), findings)


def decisions_stay_above_zero() -> Checked:
    """Promise 12, first part: after each decision, what the fund holds less what it has promised is not below zero."""
    with _reading() as cursor:
        cursor.execute(_DOUBTFUL_FUNDS)
        doubtful = [fund_id for (fund_id,) in cursor.fetchall()]
        cursor.execute(_BELOW_ZERO, [doubtful, MOST_FINDINGS])
        findings = [
            Finding(f"a decision left fund {fund} at {available} minor units", entry_id, reference)
            for fund, entry_id, reference, available in cursor.fetchall()
        ]
        return Checked(_count(cursor, "ledger_fund"), findings)


def redirects_go_up() -> Checked:
    """Promise 12, second part: what a fund can't use goes up its tree, nowhere else."""
    with _reading() as cursor:
        cursor.execute(_NOT_UP_THE_TREE, [MOST_FINDINGS])
        findings = [
            Finding(f"money of {source} was redirected to {target}, which is not above it", entry_id, reference)
            for entry_id, reference, source, target in cursor.fetchall()
        ]
        return Checked(_count(cursor, "ledger_journalentry WHERE kind = 'redirect'"), findings)


def monthly_balances_in_step() -> Checked:
    """Promise 15, for what every report starts from: the sums kept in step equal a full recompute."""
    with _reading() as cursor:
        cursor.execute(_OUT_OF_STEP, [MOST_FINDINGS])
        findings = [
            Finding(f"{account} in {period}: {kept} is kept, its postings sum to {counted}")
            for account, period, kept, counted in cursor.fetchall()
        ]
        return Checked(_count(cursor, "ledger_monthlybalance"), findings)


def books_stand_at_home() -> Checked:
    """Promise 20, in part: books that were restored into another server say so before anything is booked there."""
    if stands_at_home():
        return Checked(1)
    return Checked(
        1, [Finding("the books stand on a server that they don't know: they were restored, and migrate has not run")]
    )


def register() -> None:
    """Adds the ledger's own checks to the audit."""
    audit.register(1, "every entry has postings and sums to zero", entries_are_whole)
    audit.register(1, "the whole ledger sums to zero", ledger_sums_to_zero)
    audit.register(2, "the database refuses changes", database_refuses_changes)
    audit.register(2, "reversals mirror their entries", reversals_mirror)
    audit.register(12, "decisions leave no fund below zero", decisions_stay_above_zero)
    audit.register(12, "redirects go up the tree", redirects_go_up)
    audit.register(15, "monthly balances equal a recompute", monthly_balances_in_step)
    audit.register(20, "the books know the server they stand on", books_stand_at_home)
