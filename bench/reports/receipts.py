"""Receipts as PDF: ours from the shop's own rows, two workers; the same ones by WeasyPrint, two workers, beside it."""

import json
import subprocess
import sys
import time
from pathlib import Path

from bench.reports.house import HOME, ROOT, inside

REQUIREMENTS = Path(__file__).with_name("peer.txt")
FONT = ROOT / "shop" / "static" / "shop" / "fonts" / "brygada-1918-latin-ext.woff2"
WORKERS = 2


def print_receipts(environment: dict[str, str], *, ours: int, theirs: int, different: int) -> dict[str, float]:
    """Receipts of `different` real gifts, `ours` times in all; a fewer `theirs` by the peer. Seconds and rates."""
    inside("give", str(different), environment=environment)
    samples = HOME / "receipts.json"
    inside("samples", str(samples), environment=environment)
    our_seconds = _in_parallel(
        [
            [sys.executable, "-m", "bench.reports.inside", "print", str(number), str(ours // WORKERS)]
            for number in range(WORKERS)
        ],
        environment,
    )
    peer = [str(_installed()), str(Path(__file__).with_name("peer_print.py")), str(FONT), str(samples)]
    their_seconds = _in_parallel([[*peer, str(theirs // WORKERS)]] * WORKERS, environment)
    return {
        "receipts": ours,
        "receipts_seconds": round(our_seconds, 1),
        "receipts_per_second": round(ours / our_seconds, 1),
        "weasyprint_receipts": theirs,
        "weasyprint_per_second": round(theirs / their_seconds, 1),
        "receipts_ratio": round(ours / our_seconds / (theirs / their_seconds), 2),
    }


def _in_parallel(commands: list[list[str]], environment: dict[str, str]) -> float:
    """The slowest worker's own seconds: starting an interpreter isn't printing."""
    started = time.perf_counter()
    workers = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) for command in commands
    ]
    told = [worker.communicate()[0] for worker in workers]
    if any(worker.returncode for worker in workers):
        sys.exit(f"a worker failed after {time.perf_counter() - started:.0f} s")
    return max(float(text.split()[-1]) for text in told)


def _installed() -> Path:
    """The peer's interpreter; installed anew when the pinned versions changed."""
    venv = HOME / "weasyprint-venv"
    python, stamp = venv / "bin" / "python", venv / "installed"
    pinned = REQUIREMENTS.read_text()
    if not stamp.exists() or stamp.read_text() != pinned:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*install, "-r", str(REQUIREMENTS)], check=True, capture_output=True)
        stamp.write_text(pinned)
    return python


def read_samples(path: Path) -> list[dict[str, object]]:
    """What the peer is given."""
    samples: list[dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))
    return samples
