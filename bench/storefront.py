"""How fast public pages are for a stranger: beside a stock Oscar shop's, and beside a bare Django view of as many bytes.

One run, one PostgreSQL server, one kind of gunicorn with the same workers, one at a time. The last line is one JSON object:
`ratio` is the least of ours / stock over the kinds of page, `of_bare` the least of ours / bare.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import storefront_stock
from bench.storefront_load import Load, load
from shop.embedded import OWNER_ROLE, EmbeddedPostgres, die_with_parent, free_port

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "bench"
DATABASE = "bench_storefront"
OURS = {"home": "/pl/", "need": "/pl/needs/warm-night/", "package": "/pl/packages/warm-night/"}
WORKERS = [
    "--workers",
    "1",
    "--worker-class",
    "gthread",
    "--threads",
    "4",
    "--keep-alive",
    "30",
    "--log-level",
    "error",
]
START_SECONDS = 60

Rates = dict[str, list[Load]]


def main() -> None:
    options = _options()
    postgres = EmbeddedPostgres(HOME / "postgres", durable=True)
    if not postgres.try_lock():
        sys.exit("another run of a benchmark uses var/bench/postgres")
    postgres.start()
    try:
        _say("making our database ...")
        environment = _our_environment(postgres)
        _say("making the stock shop ...")
        stock = storefront_stock.prepare(home=HOME, postgres=postgres)
        ours: Rates = {name: [] for name in OURS}
        theirs: Rates = {name: [] for name in OURS}
        bare: Rates = {name: [] for name in OURS}
        for number in range(options.rounds):
            _say(f"round {number + 1} of {options.rounds} ...")
            with _served([_binary("gunicorn"), "shop.wsgi"], environment, ROOT) as port:
                _measure(ours, OURS, port, options.seconds)
            with _served(stock.gunicorn, stock.environment, stock.folder) as port:
                _measure(theirs, stock.pages, port, options.seconds)
            sizes = {name: f"/{loads[-1].body_bytes}/" for name, loads in ours.items()}
            with _served([_binary("gunicorn"), "bench.storefront_bare"], environment, ROOT) as port:
                _measure(bare, sizes, port, options.seconds)
    finally:
        postgres.stop()
    _tell(ours, theirs, bare)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-storefront", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="how long each page is asked for, in each round")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def _our_environment(postgres: EmbeddedPostgres) -> dict[str, str]:
    """Our shop as it runs in the demo: hashed static files, the demo's catalogue, no debugging."""
    postgres.ensure_database(DATABASE)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "shop.settings.development",
        "DATABASE_URL": postgres.url(DATABASE),
        "DATABASE_OWNER_URL": postgres.url(DATABASE, role=OWNER_ROLE),
        "STATIC_ROOT": str(HOME / "static"),
        "PYTHONPATH": str(ROOT),
    }
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], env=environment, cwd=ROOT, check=True)
    subprocess.run([sys.executable, "-m", "bench.storefront_seed"], env=environment, cwd=ROOT, check=True)
    return environment


@contextlib.contextmanager
def _served(gunicorn: list[str], environment: dict[str, str], folder: Path) -> Iterator[int]:
    """A gunicorn on a free port, with the workers that everyone has."""
    port = free_port()
    command = [*gunicorn, "--bind", f"127.0.0.1:{port}", *WORKERS]
    server = subprocess.Popen(command, env=environment, cwd=folder, preexec_fn=die_with_parent)  # noqa: PLW1509 -- this process has no threads
    try:
        _wait(server, port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(server: subprocess.Popen[Any], port: int) -> None:
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


def _measure(rates: Rates, pages: dict[str, str], port: int, seconds: float) -> None:
    for name, path in pages.items():
        load(port=port, path=path, seconds=min(1.0, seconds))  # templates, connections and caches are warm after this
        rates[name].append(load(port=port, path=path, seconds=seconds))


def _tell(ours: Rates, theirs: Rates, bare: Rates) -> None:
    print(f"\n{'page':10}{'ours/s':>12}{'stock/s':>12}{'bare/s':>12}{'ours/stock':>14}{'ours/bare':>12}{'bytes':>10}")
    best = {name: [max(load.per_second for load in side[name]) for side in (ours, theirs, bare)] for name in OURS}
    for name, (we, stock, plain) in best.items():
        size = ours[name][-1].body_bytes
        print(f"{name:10}{we:12,.0f}{stock:12,.1f}{plain:12,.0f}{we / stock:14.1f}{we / plain:12.2f}{size:10,}")
    answer = {
        "ratio": round(min(we / stock for we, stock, _plain in best.values()), 1),
        "of_bare": round(min(we / plain for we, _stock, plain in best.values()), 2),
        "pages": {
            name: {"ours": round(we), "stock": round(stock, 1), "bare": round(plain)}
            for name, (we, stock, plain) in best.items()
        },
    }
    print(json.dumps(answer))


def _binary(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
