"""The whole shop as it really runs, for browsers: web server, worker, Stripe sandbox and the demo's story, on free ports.

Living through the story takes a while, so it is told once a day, into a database kept as a template beside its sandbox's
state; each run takes a copy. The broker is the tests' own. All processes end with the session, and die with their parent.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import sql

from shop.demo.environment import demo_environment, sign_ins
from shop.demo.stamps import Stamp
from shop.embedded import die_with_parent, free_port
from shop.messages import compile_stale
from tests.support.database import at_database, drop_database

ROOT = Path(__file__).resolve().parent.parent.parent
_HOMES = ROOT / "var" / "test" / "stack"
_STORY_SOURCES = ("shop/demo/content/*.py", "shop/management/commands/load_demo.py", "aid_packages/catalogue/*")
_START_SECONDS = 180
_NOBODY_LISTENS, _THE_WORKER_LISTENS = 15, 1
"""Databases of the broker. In its first the tests themselves write."""
_STOP_SECONDS = 10


@dataclass(frozen=True)
class Stack:
    """Where the running shop is to be found."""

    url: str
    sandbox_url: str
    mails: Path
    home: Path
    environment: dict[str, str]
    passwords: dict[str, str]
    """Of ada, who prepares, and bartek, who approves."""

    def manage(self, *command: str) -> str:
        """Runs a management command beside the shop and returns what it says."""
        run = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert run.returncode == 0, f"{command}: {run.stdout}\n{run.stderr}"
        return run.stdout

    def count(self, table: str) -> int:
        """How many rows a table has: to see that nothing was booked."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        return int(row[0]) if row else 0

    def tell_sandbox(self, act: str, **facts: object) -> None:
        """One of the sandbox's own acts: a fault to come, or what was held back let go."""
        sent = json.dumps(facts).encode()
        address = f"{self.sandbox_url}/_sandbox/{act}"
        urllib.request.urlopen(urllib.request.Request(address, data=sent, method="POST"), timeout=60).close()

    def complaints(self) -> str:
        """The ends of the logs, for a test that fails."""
        return "\n".join(f"{log.name}: {log.read_text(errors='replace')[-1500:]}" for log in self.home.glob("*.log"))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """One shop for all tests of this worker. What one test gives stays for the next, as in life."""
    for left in _HOMES.glob("test_stack_*"):
        if not Path("/proc", left.name.rsplit("_", 1)[1]).exists():
            shutil.rmtree(left, ignore_errors=True)  # a run that was killed could not tidy up
    name = f"test_stack_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{os.getpid()}"
    home = _HOMES / name
    with contextlib.ExitStack() as leaving:
        leaving.callback(shutil.rmtree, home, ignore_errors=True)
        leaving.callback(drop_database, name)
        story = _told_story()
        _copy_database(source=story.name, target=name)
        shutil.copytree(story.home, home, ignore=shutil.ignore_patterns("*.log", "static"))
        yield leaving.enter_context(_running(home=home, database=name, static=story.home / "static"))


# --- the story ---


@dataclass(frozen=True)
class _Story:
    name: str
    home: Path


def _told_story() -> _Story:
    """The database with the story in it, told now unless it has been told today."""
    with psycopg.connect(os.environ["TEST_SUPERUSER_URL"], autocommit=True) as connection:
        cluster = connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
        assert cluster
        story = _Story(name=f"story_{_fingerprint()}", home=_HOMES / f"story_{cluster[0]}")
        story.home.mkdir(parents=True, exist_ok=True)
        with (story.home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = [
                row[0] for row in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'story\\_%'")
            ]
            told = story.home / story.name
            if story.name not in known or not told.exists():
                for old in known:
                    drop_database(old)
                _tell(story)
                told.touch()
            compile_stale()
            _gather_static_files(story)
    return story


def _fingerprint() -> str:
    """Changes with the tables, the story, and the day it is told on."""
    digest = hashlib.sha256(f"{os.environ['TEST_TEMPLATE']} {datetime.now(UTC).date()}".encode())
    for pattern in _STORY_SOURCES:
        for file in sorted(ROOT.glob(pattern)):
            if file.is_file():
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _tell(story: _Story) -> None:
    for old in story.home.glob("*"):
        if old.is_file() and old.name != "lock":
            old.unlink()
    _copy_database(source=os.environ["TEST_TEMPLATE"], target=story.name)
    house = _Processes(_environment(home=story.home, database=story.name, port=free_port(), sandbox=free_port()))
    try:
        house.start_sandbox(home=story.home, listening=False)
        _run(house.environment, "load_demo")
    finally:
        house.end()


def _gather_static_files(story: _Story) -> None:
    stamp = Stamp(story.home / "stamps" / "static", ROOT, "shop/static/**/*", "requirements/base.txt")
    if not stamp.is_fresh():
        environment = _environment(home=story.home, database=story.name, port=1, sandbox=1)
        _run(environment, "collectstatic", "--noinput", "--verbosity", "0")
        stamp.write()


def _copy_database(*, source: str, target: str) -> None:
    drop_database(target)
    with psycopg.connect(os.environ["TEST_SUPERUSER_URL"], autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER swb_owner STRATEGY file_copy").format(
                sql.Identifier(target), sql.Identifier(source)
            )
        )


# --- the processes ---


def _environment(*, home: Path, database: str, port: int, sandbox: int, queue: int = _NOBODY_LISTENS) -> dict[str, str]:
    """`queue` is the number of the broker's database: hints of the story itself go to one where nobody listens."""
    environment = demo_environment(
        home=home,
        port=port,
        sandbox_port=sandbox,
        database=at_database(os.environ["DATABASE_URL"], database),
        owner=at_database(os.environ["DATABASE_OWNER_URL"], database),
        broker=os.environ["BROKER_URL"].rsplit("/", 1)[0] + f"/{queue}",
    )
    # Chromium's own folder and these addresses are the tests' alone: nothing of the caller's proxies comes in.
    return environment | {"NO_PROXY": "127.0.0.1"}


class _Processes:
    """What runs, each with its log."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self._running: list[tuple[Path, subprocess.Popen[bytes]]] = []

    def start(self, log: Path, *command: str) -> None:
        with log.open("ab") as out:
            child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - as the demo's: it only asks the kernel
            )
        self._running.append((log, child))

    def start_sandbox(self, *, home: Path, listening: bool) -> None:
        api = self.environment["STRIPE_API_BASE"]
        command = [sys.executable, "-m", "stripe_sandbox", "--port", api.rsplit(":", 1)[1]]
        command += ["--state", str(home / "sandbox.sqlite3")]
        if listening:
            command += ["--webhook-url", self.environment["SITE_URL"] + "/webhooks/stripe/"]
            command += ["--webhook-secret", self.environment["STRIPE_WEBHOOK_SECRETS"]]
        self.start(home / "sandbox.log", *command)
        self.wait_for(api + "/")

    def wait_for(self, address: str) -> None:
        """Until something answers there. Fails with the log of whatever has ended."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            for log, child in self._running:
                assert child.poll() is None, f"{log.name}: {log.read_text(errors='replace')[-2000:]}"
            try:
                urllib.request.urlopen(address, timeout=5).close()
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError(address)

    def end(self) -> None:
        """Asks all to end, then insists. Each is the head of a group of its own."""
        for _, child in reversed(self._running):
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        for _, child in reversed(self._running):
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            _signal(child, signal.SIGKILL)
            child.wait()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


def _run(environment: dict[str, str], *command: str) -> None:
    run = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, f"{command}: {run.stdout}\n{run.stderr}"


@contextlib.contextmanager
def _running(*, home: Path, database: str, static: Path) -> Iterator[Stack]:
    ports = {"port": free_port(), "sandbox": free_port()}
    environment = _environment(home=home, database=database, **ports, queue=_THE_WORKER_LISTENS)
    environment["STATIC_ROOT"] = str(static)
    with redis.from_url(environment["BROKER_URL"]) as broker:
        broker.flushdb()
    house = _Processes(environment)
    binaries = Path(sys.executable).parent
    try:
        web = ("shop.wsgi", "--bind", environment["SITE_URL"].removeprefix("http://"))
        web += ("--workers", "1", "--threads", "4", "--timeout", str(_START_SECONDS))
        house.start(home / "web.log", str(binaries / "gunicorn"), *web)
        worker = (
            "-A",
            "shop",
            "--quiet",
            "worker",
            "-Q",
            "default,events,long,mail",
            "-c",
            "1",
            "--loglevel",
            "WARNING",
        )
        house.start(home / "worker.log", str(binaries / "celery"), *worker)
        house.start_sandbox(home=home, listening=True)
        house.wait_for(environment["SITE_URL"] + "/healthz")
        yield Stack(
            url=environment["SITE_URL"],
            sandbox_url=environment["STRIPE_API_BASE"],
            mails=home / "mail",
            home=home,
            environment=environment,
            passwords={name: password for _, name, password in sign_ins(home)},
        )
    finally:
        house.end()
