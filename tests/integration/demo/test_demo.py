"""`make demo` as a newcomer has it: it starts, says a busy port in one line, leaves no process and no opened folder behind."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from shop.embedded import free_port
from tests.support.meeting import until

ROOT = Path(__file__).resolve().parents[3]
FIRST_START = 240


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    """The project in a folder that only its owner may enter, with the environment that is installed already."""
    folder = tmp_path / "store"
    ignored = shutil.ignore_patterns("var", ".venv", ".git", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis")
    shutil.copytree(ROOT, folder, ignore=ignored)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    tmp_path.chmod(0o700)
    yield folder
    for process in processes(folder):
        process.kill()
    shutil.rmtree(folder, ignore_errors=True)


def environment(port: int, sandbox_port: int) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"PORT": str(port), "SANDBOX_PORT": str(sandbox_port)}


def modes(folder: Path) -> dict[Path, int]:
    """The permissions of every folder above, and the mode of the project's own."""
    return {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.parents)}


def processes(folder: Path) -> list[psutil.Process]:
    """What runs for this copy of the project: by its working folder or its command line."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            if str(folder) in " ".join([process.cwd(), *process.cmdline()]):
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def processes_of(folder: Path) -> list[str]:
    return [" ".join(process.cmdline())[:120] for process in processes(folder)]


def nothing_is_left(folder: Path) -> None:
    """What was killed is gone a moment later."""
    until(lambda: not processes_of(folder), "nothing runs any more")


def start(folder: Path, env: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "shop.demo"],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def until_told(demo: subprocess.Popen[str]) -> str:
    """Everything said until the demo stands. Ends with the end of its output when it doesn't."""
    said = ""
    assert demo.stdout
    for line in demo.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    return said


def wait_for_mail(folder: Path) -> list[Path]:
    deadline = time.monotonic() + 180
    while not (mails := list((folder / "var/demo/mail").iterdir())) and time.monotonic() < deadline:
        time.sleep(0.5)
    return mails


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as page:
        text: str = page.read().decode()
    return text


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_newcomer_starts_it_twice_and_ends_it(clone: Path) -> None:
    before = modes(clone)
    port, sandbox_port = free_port(), free_port()
    env = environment(port, sandbox_port)

    demo = start(clone, env)
    said = until_told(demo)
    assert f"http://127.0.0.1:{port}/" in said, said
    assert "ada /" in said
    assert "bartek /" in said
    assert get(f"http://127.0.0.1:{port}/healthz") == "ok\n"
    assert '"broker": "ok"' in get(f"http://127.0.0.1:{port}/readyz")
    assert 'lang="pl"' in get(f"http://127.0.0.1:{port}/pl/")
    assert processes_of(clone)

    os.killpg(demo.pid, signal.SIGINT)
    demo.communicate(timeout=180)
    assert demo.returncode == 0
    nothing_is_left(clone)
    assert modes(clone) == before, "no folder's permissions change"

    # the same demo again, by the detached door
    second = subprocess.run(
        [sys.executable, "-m", "shop.demo", "--detach"], cwd=clone, env=env, capture_output=True, text=True, check=False
    )
    assert second.returncode == 0, second.stderr
    assert "Living through" not in second.stdout, "the story is not told again"
    assert get(f"http://127.0.0.1:{port}/healthz") == "ok\n"
    third = subprocess.run(
        [sys.executable, "-m", "shop.demo"], cwd=clone, env=env, capture_output=True, text=True, check=False
    )
    assert third.returncode == 1
    assert len(third.stderr.strip().splitlines()) == 1
    ended = subprocess.run([sys.executable, "-m", "shop.demo", "--stop"], cwd=clone, env=env, check=False)
    assert ended.returncode == 0
    nothing_is_left(clone)


def test_a_port_in_use_is_said_in_one_line(clone: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = subprocess.run(
            [sys.executable, "-m", "shop.demo"],
            cwd=clone,
            env=environment(port, free_port()),
            capture_output=True,
            text=True,
            check=False,
        )
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.strip().splitlines() == [
        f"Port {port} is in use: end what listens there, or choose another with PORT=..."
    ]
    nothing_is_left(clone)
