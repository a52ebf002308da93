"""How fast reports are made, read, sealed and printed: `make bench-reports`.

On ten million postings and five million gifts: a year's report with all its checks, beside the bare aggregate; its public
page; a donor's attribution; a million notes beside bare hashing; proofs; ten thousand receipts beside WeasyPrint.
`BENCH_QUICK=1` is a quick check that it all works. The last line is one JSON object; its `ratio` is the recompute's time
by the bare aggregate's.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.reports import receipts, world
from bench.reports.house import DATABASE, HOME, inside, our_environment
from bench.reports.outcome import tell
from shop.embedded import EmbeddedPostgres


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    gifts: int = 5_000_000
    notes: int = 1_000_000
    receipts: int = 10_000
    peer_receipts: int = 400
    different: int = 500


QUICK = Plan(gifts=20_000, notes=50_000, receipts=200, peer_receipts=20, different=20)


def main() -> None:
    """Everything, and the table at the end."""
    plan = QUICK if os.environ.get("BENCH_QUICK") else Plan()
    figures: dict[str, float] = {"load_before": round(os.getloadavg()[0], 1)}
    with _server() as postgres:
        say("making our shop ...")
        environment = our_environment(postgres)
        inside("begin", environment=environment)
        say(f"loading {plan.gifts:,} gifts, triggers off for the loading only ...")
        started = time.monotonic()
        world.load(postgres.url(DATABASE, role="postgres"), gifts=plan.gifts)
        say(f"loaded in {time.monotonic() - started:.0f} s; spending ...")
        inside("spend", str(plan.gifts * world.MEAN_GIFT_MINOR // 10 // 24 // 2), environment=environment)
        for step, what in (
            ("line_up", "lining up and attributing"),
            ("build", "the year's report"),
            ("page", "its public page"),
            ("attribution", "a donor's attribution"),
            ("prove", "proofs"),
        ):
            say(f"{what} ...")
            figures |= inside(step, environment=environment)
            if step == "line_up":
                world.tidy(postgres.url(DATABASE, role="postgres"))
        say(f"sealing {plan.notes:,} notes ...")
        figures |= inside("seal", str(plan.notes), environment=environment)
        say(f"printing {plan.receipts:,} receipts ...")
        figures |= receipts.print_receipts(
            environment, ours=plan.receipts, theirs=plan.peer_receipts, different=plan.different
        )
    tell(figures)


@contextmanager
def _server() -> Iterator[EmbeddedPostgres]:
    postgres = EmbeddedPostgres(HOME / "postgres", durable=True)
    if not postgres.try_lock():
        sys.exit("another run of a benchmark uses var/bench/postgres")
    postgres.start()
    try:
        yield postgres
    finally:
        postgres.stop()


def say(text: str) -> None:
    """What is being done, to whoever waits."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
