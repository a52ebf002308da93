"""How fast the books are: entries committed per second beside django-hordak 2.0, and the audit of ten million postings.

One run, one server with PostgreSQL's default durability, triggers on. `--small` is a quick check that it all works.
The last line is one JSON object.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psycopg

from bench import ledger_hordak
from bench.ledger_bulk import load
from shop.embedded import OWNER_ROLE, EmbeddedPostgres

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "bench"
DATABASE = "bench_ledger"
PROCESSES = 4
START_SECONDS = 4
"""Time for every process to have connected; then all start at the same instant."""


def main() -> None:
    options = _options()
    postgres = EmbeddedPostgres(HOME / "postgres", durable=True)
    if not postgres.try_lock():
        sys.exit("another run of a benchmark uses var/bench/postgres")
    postgres.start()
    try:
        _say("making our database ...")
        environment = _our_environment(postgres)
        _say("making django-hordak's project and database ...")
        hordak = ledger_hordak.prepare(home=HOME, postgres=postgres)
        ours, theirs = [], []
        for number in range(options.rounds):
            _say(f"round {number + 1} of {options.rounds}: {PROCESSES} processes, {options.seconds:g} s each ...")
            ours.append(_rate([sys.executable, "-m", "bench.ledger_poster"], environment, options.seconds))
            theirs.append(_rate(hordak.command, hordak.environment, options.seconds))
            _say(f"  {ours[-1]:,.0f} and {theirs[-1]:,.0f} entries per second")
        _say("auditing what was posted ...")
        _audit(environment)
        _say(f"loading {options.postings:,} postings, triggers off for the loading only ...")
        _, load_seconds = _timed(lambda: load(postgres.url(DATABASE, role="postgres"), postings=options.postings))
        _say(f"loaded in {load_seconds:.0f} s; auditing them all ...")
        result, audit_seconds = _timed(lambda: _audit(environment))
    finally:
        postgres.stop()
    _print_results(ours, theirs, result, audit_seconds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="2 s of posting, 100,000 postings audited")
    options = parser.parse_args()
    options.seconds = 2.0 if options.small else 10.0
    options.rounds = 1 if options.small else 3
    options.postings = 100_000 if options.small else 10_000_000
    return options


def _our_environment(postgres: EmbeddedPostgres) -> dict[str, str]:
    _make_anew(postgres, DATABASE)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "shop.settings.test",
        "DATABASE_URL": postgres.url(DATABASE),
        "DATABASE_OWNER_URL": postgres.url(DATABASE, role=OWNER_ROLE),
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"], cwd=ROOT, env=environment, check=True
    )
    subprocess.run([sys.executable, "-m", "bench.ledger_poster", "--books"], cwd=ROOT, env=environment, check=True)
    return environment


def _make_anew(postgres: EmbeddedPostgres, name: str) -> None:
    with psycopg.connect(postgres.url("postgres", role="postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    postgres.ensure_database(name)


def _rate(command: list[str], environment: dict[str, str], seconds: float) -> float:
    """Entries per second of all processes together, started at the same instant."""
    start_at = time.time() + START_SECONDS
    arguments = [*command, "--start-at", str(start_at), "--seconds", str(seconds)]
    processes = [
        subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    made = [process.communicate()[0] for process in processes]
    if any(process.returncode for process in processes):
        sys.exit("a process failed: see above")
    return sum(float(line) for line in made)


def _audit(environment: dict[str, str]) -> dict[str, list[dict[str, object]]]:
    """The audit as anybody runs it: the management command, as the application's role, in a process of its own."""
    command = [sys.executable, "manage.py", "audit_ledger", "--json"]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"the audit failed:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    result: dict[str, list[dict[str, object]]] = json.loads(ran.stdout)
    return result


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.monotonic()
    return work(), time.monotonic() - started


def _print_results(
    ours: list[float], theirs: list[float], result: dict[str, list[dict[str, object]]], audit_seconds: float
) -> None:
    postings = max(int(str(each["count"] or 0)) for each in result["checked"])
    our_rate, their_rate = _median(ours), _median(theirs)
    print()
    print(f"{'single-entry commits per second':<44}{'median':>9}   rounds")
    for name, rate, rounds in (("Store Without Borders", our_rate, ours), ("django-hordak 2.0", their_rate, theirs)):
        print(f"{name:<44}{rate:>9,.0f}   {', '.join(f'{each:,.0f}' for each in rounds)}")
    print(f"{'ratio':<44}{our_rate / their_rate:>9.1f}")
    print(f"{f'audit of {postings:,} postings, seconds':<44}{audit_seconds:>9.1f}   {len(result['checked'])} checks")
    print()
    print(
        json.dumps(
            {
                "entries_per_second": round(our_rate),
                "hordak_entries_per_second": round(their_rate),
                "ratio": round(our_rate / their_rate, 2),
                "audited_postings": postings,
                "audit_seconds": round(audit_seconds, 1),
                "processes": PROCESSES,
                "cores": os.cpu_count(),
                "load_average": round(os.getloadavg()[0], 1),
            }
        )
    )


def _median(rates: list[float]) -> float:
    return sorted(rates)[len(rates) // 2]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
