"""`python -m shop.demo [--detach | --stop]`: what `make demo` and `make stop` call."""

import argparse
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from shop.demo.house import HOME, Busy, House

_DETACHED_SECONDS = 900  # the first start on a slow machine; whatever has ended is noticed at once


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--detach", action="store_true", help="return when the shop answers")
    parser.add_argument("--stop", action="store_true", help="end a detached shop")
    options = parser.parse_args()
    if options.stop:
        return stop()
    try:
        house = House(port=_port("PORT", 8000), sandbox_port=_port("SANDBOX_PORT", 8420))
        return detach(house) if options.detach else house.run()
    except Busy as busy:
        print(busy, file=sys.stderr)
        return 1


def _port(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdigit() or not 1 <= int(value) <= 65535:
        raise Busy(f"{name}={value} is not a port.")
    return int(value)


def detach(house: House) -> int:
    """Starts the shop in the background and returns when it answers."""
    house.refuse_busy_ports()
    HOME.mkdir(parents=True, exist_ok=True)
    log = HOME / "demo.log"
    with log.open("w") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "shop.demo"],
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    deadline = time.monotonic() + _DETACHED_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        if _answers(house.port) and "Ctrl-C" in log.read_text():
            print(log.read_text().replace("Ctrl-C", "make stop"))
            return 0
        time.sleep(0.1)
    print(log.read_text(), file=sys.stderr)
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
    return 1


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _lives(pid: int) -> bool:
    """Whether the process is there; one that has ended and waits for its parent is not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def stop() -> int:
    """Ends the shop that runs, and waits until it is gone."""
    pid_file = HOME / "pid"
    if not pid_file.exists():
        print("No demo is running.")
        return 0
    pid = int(pid_file.read_text())
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        pid_file.unlink()
        print("No demo is running.")
        return 0
    deadline = time.monotonic() + 60
    while _lives(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    print("The demo has ended.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
