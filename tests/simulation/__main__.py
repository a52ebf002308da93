"""`make simulate`: the same five years with two thousand donors, in worlds of their own side by side, one for each core.

Each world has its own provider, database and ledger, and each must end with the same books. Prints one JSON object on
its last line. SIMULATE_DONORS, SIMULATE_WORLDS, SIMULATE_YEARS and SIMULATE_SEED change what is lived through.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

SUMMED = ("donors", "monthly_gifts", "donations", "notices")


def main() -> int:
    """0 when every world ended with the same books."""
    donors = int(os.environ.get("SIMULATE_DONORS", "2000"))
    worlds = int(os.environ.get("SIMULATE_WORLDS", "2"))
    seed = int(os.environ.get("SIMULATE_SEED", "2027"))
    folder = Path("var/simulation")
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    running = [
        _start(donors=donors // worlds + (number < donors % worlds), seed=seed + number, folder=folder)
        for number in range(worlds)
    ]
    codes = [process.wait() for process, _told in running]
    told = [json.loads(path.read_text()) for _process, path in running if path.exists()]
    figures: dict[str, Any] = {name: sum(each[name] for each in told) for name in SUMMED}
    for name in ("done", "unmatched"):
        figures[name] = dict(sorted(sum((Counter(each[name]) for each in told), Counter()).items()))
    figures |= {"worlds": worlds, "seconds": round(time.monotonic() - begun), "ended_well": not any(codes)}
    sys.stdout.write("".join(f"{name:40} {count}\n" for name, count in figures["done"].items()))
    sys.stdout.write(json.dumps(figures) + "\n")
    return max(codes)


def _start(*, donors: int, seed: int, folder: Path) -> tuple[subprocess.Popen[bytes], Path]:
    told = folder / f"{seed}.json"
    told.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "SIMULATE_DONORS": str(donors),
        "SIMULATE_SEED": str(seed),
        "SIMULATE_FIGURES": str(told),
    }
    command = [sys.executable, "-m", "pytest", "tests/simulation", "-n", "0", "-q", "--no-header", "--timeout=0"]
    return subprocess.Popen(command, env=environment), told


if __name__ == "__main__":
    sys.exit(main())
