"""The promises that the ledger itself holds, as checks of the audit. Each looks at every row, whatever the triggers did."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from ledger import audit
from ledger.audit import Checked, Finding

MOST_FINDINGS = 100
"""Of one check: a ledger that is broken everywhere is said to be so in a page, not in a gigabyte."""

_UNBALANCED = """
    SELECT wrong.entry_id, e.reference, wrong.currency, wrong.memo, wrong.amount_minor
    FROM (
        SELECT p.entry_id, p.currency, a.kind = 'memo' AS memo, sum(p.amount_minor) AS amount_minor
        FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        GROUP BY p.entry_id, p.currency, a.kind = 'memo' HAVING sum(p.amount_minor) <> 0
        ORDER BY p.entry_id LIMIT %s
    ) AS wrong
    LEFT JOIN ledger_journalentry e ON e.id = wrong.entry_id ORDER BY wrong.entry_id
"""
_EMPTY = """
    SELECT e.id, e.reference FROM ledger_journalentry e
    WHERE NOT EXISTS (SELECT FROM ledger_posting p WHERE p.entry_id = e.id) ORDER BY e.id LIMIT %s
"""
_TOTALS = """
    SELECT currency, sum(amount_minor), count(*) FROM ledger_posting GROUP BY currency ORDER BY currency
"""
_STRAY = """
    SELECT p.entry_id, e.reference, a.code
    FROM ledger_posting p
    LEFT JOIN ledger_journalentry e ON e.id = p.entry_id LEFT JOIN ledger_account a ON a.id = p.account_id
    WHERE e.id IS NULL OR a.id IS NULL OR p.period <> e.period OR p.currency <> a.currency
    ORDER BY p.entry_id LIMIT %s
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
# A release counts before all else in its database transaction, since it frees what is spent beside it.
_BELOW_ZERO = """
    SELECT f.code, step.entry_id, e.reference, min(step.available)
    FROM (
        SELECT a.fund_id, p.entry_id, p.amount_minor, e.kind, sum(-p.amount_minor) OVER (
            PARTITION BY a.fund_id
            ORDER BY CASE e.kind WHEN 'release' THEN first.entry_id * 2 ELSE p.entry_id * 2 + 1 END
        ) AS available
        FROM ledger_posting p
        JOIN ledger_account a ON a.id = p.account_id AND a.fund_id IS NOT NULL AND a.use <> 'reserve'
        JOIN ledger_journalentry e ON e.id = p.entry_id
        LEFT JOIN (
            SELECT txid, min(id) AS entry_id FROM ledger_journalentry
            WHERE txid IN (SELECT txid FROM ledger_journalentry WHERE kind = 'release') GROUP BY txid
        ) AS first ON e.kind = 'release' AND first.txid = e.txid
    ) AS step
    JOIN ledger_fund f ON f.id = step.fund_id JOIN ledger_journalentry e ON e.id = step.entry_id
    WHERE step.kind IN ('commitment', 'grant', 'purchase', 'settlement', 'redirect', 'loss_cover')
        AND step.amount_minor > 0 AND step.available < 0
    GROUP BY f.code, step.entry_id, e.reference ORDER BY step.entry_id LIMIT %s
"""
_NOT_UP_THE_TREE = """
    WITH RECURSIVE above AS (
        SELECT id AS fund_id, parent_id AS ancestor_id FROM ledger_fund
        UNION ALL
        SELECT above.fund_id, f.parent_id FROM above JOIN ledger_fund f ON f.id = above.ancestor_id
    )
    SELECT e.id, e.reference, source.code, target.code
    FROM ledger_journalentry e
    JOIN ledger_posting lost ON lost.entry_id = e.id JOIN ledger_account a ON a.id = lost.account_id
    JOIN ledger_posting won ON won.entry_id = e.id JOIN ledger_account b ON b.id = won.account_id
    JOIN ledger_fund source ON source.id = a.fund_id JOIN ledger_fund target ON target.id = b.fund_id
    WHERE e.kind = 'redirect' AND a.use = 'redirect_out' AND b.use = 'redirect_in'
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
        for table in ("ledger_fund", "ledger_account", "ledger_journalentry", "ledger_posting", "ledger_mark")
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


def entries_sum_to_zero() -> Checked:
    """Promise 1: per currency, memo accounts apart."""
    with _reading() as cursor:
        cursor.execute(_UNBALANCED, [MOST_FINDINGS])
        findings = [
            Finding(f"{'memo accounts sum' if memo else 'sums'} to {amount} {currency}", entry_id, reference or "")
            for entry_id, reference, currency, memo, amount in cursor.fetchall()
        ]
        return Checked(_count(cursor, "ledger_journalentry"), findings)


def entries_have_postings() -> Checked:
    """Promise 1: an entry without postings is no entry."""
    with _reading() as cursor:
        cursor.execute(_EMPTY, [MOST_FINDINGS])
        findings = [Finding("has no postings", entry_id, reference) for entry_id, reference in cursor.fetchall()]
        return Checked(_count(cursor, "ledger_journalentry"), findings)


def ledger_sums_to_zero() -> Checked:
    """Promise 1: the whole ledger, per currency."""
    with _reading() as cursor:
        cursor.execute(_TOTALS)
        totals = cursor.fetchall()
    findings = [Finding(f"the whole ledger sums to {amount} {currency}") for currency, amount, _ in totals if amount]
    return Checked(sum(count for _, _, count in totals), findings)


def postings_agree() -> Checked:
    """Promise 1: with their entry in the month, with their account in the currency."""
    with _reading() as cursor:
        cursor.execute(_STRAY, [MOST_FINDINGS])
        findings = [
            Finding(f"a posting on {account} has another month or currency", entry_id, reference or "")
            for entry_id, reference, account in cursor.fetchall()
        ]
        return Checked(_count(cursor, "ledger_posting"), findings)


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
        cursor.execute(_BELOW_ZERO, [MOST_FINDINGS])
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


def register() -> None:
    """Adds the ledger's own checks to the audit."""
    audit.register(1, "every entry sums to zero", entries_sum_to_zero)
    audit.register(1, "every entry has postings", entries_have_postings)
    audit.register(1, "the whole ledger sums to zero", ledger_sums_to_zero)
    audit.register(1, "postings agree with entry and account", postings_agree)
    audit.register(2, "the database refuses changes", database_refuses_changes)
    audit.register(2, "reversals mirror their entries", reversals_mirror)
    audit.register(12, "decisions leave no fund below zero", decisions_stay_above_zero)
    audit.register(12, "redirects go up the tree", redirects_go_up)
    audit.register(15, "monthly balances equal a recompute", monthly_balances_in_step)
