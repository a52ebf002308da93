"""Where the benchmark lives: its own PostgreSQL, its database made anew, and each step in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from shop.embedded import OWNER_ROLE, EmbeddedPostgres

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = ROOT / "var" / "bench"
DATABASE = "bench_reports"


def our_environment(postgres: EmbeddedPostgres) -> dict[str, str]:
    """Our shop with a database made anew and migrated, no debugging."""
    postgres.drop_database(DATABASE)
    postgres.ensure_database(DATABASE)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "shop.settings.test",
        "DATABASE_URL": postgres.url(DATABASE),
        "DATABASE_OWNER_URL": postgres.url(DATABASE, role=OWNER_ROLE),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return environment


def inside(*step: str, environment: dict[str, str]) -> dict[str, float]:
    """Runs one step in the shop; gives the figures that it told, if any. Ends the benchmark when it fails."""
    command = [sys.executable, "-m", "bench.reports.inside", *step]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{step[0]} failed: see above\n{done.stdout[-1000:]}")
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    figures: dict[str, float] = json.loads(lines[-1]) if lines else {}
    return figures
