"""Takes out of a database what a test has committed, so that it need not be copied anew: a tenth of the time.

It works as the server's superuser with triggers at rest, which no role of the shop's may. What it can't take back (a
dropped trigger, a changed function, tables grown so large that the next test would feel it) it says, and the copy is made.
"""

from dataclasses import dataclass, field

import psycopg
from psycopg import sql

LARGEST_LEFT = 4_000_000
"""Bytes of one table that may stay behind as dead rows."""

TABLES = """
SELECT relation.relname, pg_relation_size(relation.oid)
FROM pg_class relation
WHERE relation.relnamespace = 'public'::regnamespace AND relation.relkind = 'r'
ORDER BY relation.relname
"""
# Whatever is defined: any change of a definition writes its row in a catalogue anew. Of pg_class only what cleaning and
# the planner leave alone. A materialized view is part of it by its size: it may not be deleted from.
DEFINITIONS = """
SELECT md5(string_agg(each.kind || ' ' || each.definition, ',' ORDER BY each.kind, each.definition)) FROM (
    SELECT 'trigger' AS kind, oid || ' ' || xmin AS definition FROM pg_trigger
    UNION ALL SELECT 'function', oid || ' ' || xmin FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT 'constraint', oid || ' ' || xmin FROM pg_constraint
    UNION ALL SELECT 'column', attrelid || ' ' || attnum || ' ' || xmin FROM pg_attribute WHERE attrelid >= 16384
    UNION ALL SELECT 'index', indexrelid || ' ' || xmin FROM pg_index
    UNION ALL SELECT 'default', oid || ' ' || xmin FROM pg_attrdef
    UNION ALL SELECT 'rule', oid || ' ' || xmin FROM pg_rewrite
    UNION ALL SELECT 'policy', oid || ' ' || xmin FROM pg_policy
    UNION ALL SELECT 'type', oid || ' ' || xmin FROM pg_type
    UNION ALL SELECT 'schema', oid || ' ' || xmin FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
    UNION ALL SELECT 'sequence', seqrelid || ' ' || xmin FROM pg_sequence
    UNION ALL SELECT 'setting', setrole || ' ' || setconfig::text FROM pg_db_role_setting
        WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    UNION ALL SELECT 'relation', concat_ws(' ', oid, relname, relkind, relowner, relacl, reloptions, relrowsecurity,
        relpersistence, CASE relkind WHEN 'm' THEN pg_relation_size(oid) END) FROM pg_class WHERE oid >= 16384
) AS each
"""
END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass
class Cleaner:
    """Knows what the migrated template holds, and brings a copy of it back to that."""

    definitions: str
    rows: dict[str, bytes] = field(default_factory=dict)
    """What the tables that are not empty hold, as COPY writes it."""
    versions: dict[str, str] = field(default_factory=dict)
    """Which versions of those rows the template holds."""
    now: dict[str, str] = field(default_factory=dict)
    """Which versions the database holds, where they are not the template's: rows that were put back."""

    @classmethod
    def learn(cls, url: str) -> "Cleaner":
        """Reads a fresh copy, as the superuser."""
        with psycopg.connect(url, autocommit=True) as connection:
            cleaner = cls(definitions=_definitions(connection))
            for table, _ in _filled(connection):
                with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
                    cleaner.rows[table] = b"".join(bytes(block) for block in copy)
                cleaner.versions[table] = _versions(connection, table)
        return cleaner

    def clean(self, url: str) -> bool:
        """Takes everything out that is not the template's. False when the database has to be copied anew."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(END_OTHERS)
            if _definitions(connection) != self.definitions:
                return False
            filled = dict(_filled(connection))
            if any(size > LARGEST_LEFT for size in filled.values()):
                return False
            changed = [table for table in self.rows if _versions(connection, table) != self._expected(table)]
            added = [table for table in filled if table not in self.rows]
            connection.execute("SET session_replication_role = replica")
            with connection.transaction():
                for table in (*changed, *added):
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                for table in changed:
                    with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                        copy.write(self.rows[table])
            for table in changed:
                self.now[table] = _versions(connection, table)
        return True

    def copied_anew(self) -> None:
        """The database is a fresh copy again."""
        self.now.clear()

    def _expected(self, table: str) -> str:
        return self.now.get(table, self.versions[table])


def _definitions(connection: psycopg.Connection) -> str:
    row = connection.execute(DEFINITIONS).fetchone()
    assert row
    return str(row[0])


def _filled(connection: psycopg.Connection) -> list[tuple[str, int]]:
    """Each table with a row in it, and its size in bytes."""
    sizes = {str(name): int(size) for name, size in connection.execute(TABLES).fetchall() if size}
    if not sizes:
        return []
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.Identifier(name))
        for name in sizes
    )
    return [(name, sizes[name]) for (name,) in connection.execute(asked).fetchall()]


def _versions(connection: psycopg.Connection, table: str) -> str:
    asked = sql.SQL("SELECT md5(string_agg(ctid || ' ' || xmin, ',' ORDER BY ctid)) FROM {}")
    row = connection.execute(asked.format(sql.Identifier(table))).fetchone()
    assert row
    return str(row[0])
