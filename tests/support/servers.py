"""PostgreSQL for one run of the tests, Valkey for each of its workers. Runs at the same time each find their own home."""

import contextlib
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from shop.embedded import OWNER_ROLE, EmbeddedPostgres, embedded_valkey

ROOT = Path(__file__).resolve().parent.parent.parent
_HOMES = ROOT / "var" / "test"
_MOST_RUNS_AT_ONCE = 16
_running = contextlib.ExitStack()

ROOMS = ("aid_packages", "transparency", "shop")


def start_servers() -> None:
    """Starts PostgreSQL, makes the migrated template, and puts the addresses into the environment."""
    postgres = _own_postgres()
    postgres.start()
    _running.callback(postgres.stop)
    os.environ["TEST_HOME"] = str(postgres.home.parent)
    template = _template(postgres)
    os.environ["TEST_TEMPLATE"] = template
    os.environ["TEST_SUPERUSER_URL"] = postgres.url("postgres", role="postgres")
    os.environ["DATABASE_OWNER_URL"] = postgres.url(template, role=OWNER_ROLE)
    os.environ["DATABASE_URL"] = postgres.url(template)


def start_broker(worker: str) -> None:
    """Starts this process's own Valkey: whoever listens to a broker hears nothing of another worker's tests."""
    home = Path(os.environ["TEST_HOME"]) / "valkey" / worker
    os.environ["BROKER_URL"] = _running.enter_context(embedded_valkey(home=home))


def stop_servers() -> None:
    """Stops what this process started."""
    _running.close()


def _own_postgres() -> EmbeddedPostgres:
    for number in range(_MOST_RUNS_AT_ONCE):
        postgres = EmbeddedPostgres(_HOMES / str(number) / "postgres", durable=False)
        if postgres.try_lock():
            return postgres
    raise RuntimeError("too many runs of the tests at once")


def _fingerprint() -> str:
    """Changes whenever what the migrations would make changes."""
    digest = hashlib.sha256()
    files = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/apps.py"), ROOT / "requirements" / "base.txt"]
    files += [*ROOT.glob("core/*.py"), *ROOT.glob("ledger/sql/*"), *ROOT.glob("*/migrations/*.sql")]
    # The corners of a room (aid_packages/deliveries) are applications of their own.
    files += [file for room in ROOMS for file in ROOT.glob(f"{room}/*/migrations/*.py")]
    files += [file for room in ROOMS for name in ("apps.py", "sql/*.sql") for file in ROOT.glob(f"{room}/*/{name}")]
    for file in sorted(files):
        digest.update(str(file).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _template(postgres: EmbeddedPostgres) -> str:
    name = f"template_{_fingerprint()}"
    with psycopg.connect(postgres.url("postgres", role="postgres"), autocommit=True) as connection:
        for (other,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'").fetchall():
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(other)))
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name]).fetchone():
            return name
        for (old,) in connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%'"
        ).fetchall():
            connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(old)))
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
    postgres.ensure_database(name)
    environment = os.environ | {
        "DATABASE_URL": postgres.url(name),
        "DATABASE_OWNER_URL": postgres.url(name, role=OWNER_ROLE),
        "DJANGO_SETTINGS_MODULE": "shop.settings.test",
    }
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
    made = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)
    if made.returncode:
        raise RuntimeError(f"the migrations failed:\n{made.stdout}\n{made.stderr}")
    with psycopg.connect(postgres.url("postgres", role="postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(name)))
    return name
