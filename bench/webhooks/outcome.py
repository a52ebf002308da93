"""What was measured, as a table for people and one line of JSON for machines."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.webhooks.load import Load
from bench.webhooks.peer import NAME

OURS = "Store Without Borders"


@dataclass(frozen=True)
class Pace:
    """At a steady pace: `asked` per second; `acted` notices were acted on while more came."""

    asked: float
    load: Load
    visitors: dict[str, float]
    acted: int


@dataclass(frozen=True)
class Backlog:
    """The backlog: how much of it there was, how long it took, what it cost, and how it ended."""

    events: int
    objects: int
    left: int
    seconds: float
    fetches: int
    most_of_one: int
    ends: list[str]
    booked: dict[str, int]

    @property
    def per_second(self) -> float:
        return (self.events - self.left) / self.seconds


@dataclass
class Outcome:
    """All of it."""

    latency: float
    load_before: float
    ours: list[Load] = field(default_factory=list)
    theirs: list[Load] = field(default_factory=list)
    peer_counted: tuple[int, int, int] = (0, 0, 0)
    pace: Pace | None = None
    backlog: Backlog | None = None


def tell(outcome: Outcome) -> None:
    """Print the table, then the JSON object."""
    assert outcome.pace is not None
    assert outcome.backlog is not None
    our_rate, their_rate = _median(outcome.ours), _median(outcome.theirs)
    print(f"\n1. webhooks acknowledged per second, as fast as they go{'median':>12}  rounds")
    for name, loads in ((OURS, outcome.ours), (NAME, outcome.theirs)):
        rates = ", ".join(f"{each.per_second:,.1f}" for each in loads)
        waits = ", ".join(f"{each.wait_ms(0.99):,.0f}" for each in loads)
        refused = sum(sum(each.refused.values()) for each in loads)
        print(f"   {name:<52}{_median(loads):>12,.1f}  {rates}; p99 {waits} ms; {refused} refused")
    print(f"   {'ratio':<52}{our_rate / their_rate:>12.1f}")
    events, processed, objects = outcome.peer_counted
    print(
        f"   (ours stores, a worker acts; {NAME} acts before it answers: {processed:,} of {events:,}, {objects:,} objects kept)"
    )
    _tell_pace(outcome.pace)
    _tell_backlog(outcome.backlog, outcome.latency)
    print(f"\nload average {outcome.load_before:.1f} before, {os.getloadavg()[0]:.1f} now; {os.cpu_count()} cores")
    print(json.dumps(_facts(outcome, our_rate, their_rate)))


def _tell_pace(pace: Pace) -> None:
    waits = f"median {pace.load.wait_ms(0.5):,.1f}, p99 {pace.load.wait_ms(0.99):,.1f}, longest {pace.load.wait_ms(1):,.0f} ms"
    print("\n2. ours at a steady pace, while visitors read and the workers act")
    print(
        f"   asked {pace.asked:g}/s, acknowledged {pace.load.per_second:,.1f}/s: {waits}; refused {dict(pace.load.refused)}"
    )
    visitors = pace.visitors
    print(
        f"   visitors: {visitors['pages']:,.0f} pages, median {visitors['median_ms']:g}, p99 {visitors['p99_ms']:g} ms"
    )
    print(f"   acted on meanwhile: {pace.acted:,}")


def _tell_backlog(backlog: Backlog, latency: float) -> None:
    print(f"\n3. backlog of {backlog.events:,} notices about {backlog.objects:,} objects, every hint lost")
    print(f"   cleared in {backlog.seconds:,.0f} s ({backlog.per_second:,.0f}/s), {backlog.left:,} left")
    print(
        f"   {backlog.fetches:,} fetches of {latency * 1000:g} ms from a stand-in with canned answers,"
        f" {backlog.most_of_one} at most of one address; no PDF, no mail"
    )
    print(f"   charges booked since the start: {backlog.booked}")
    for end in backlog.ends:
        print(f"   {end}")


def _facts(outcome: Outcome, our_rate: float, their_rate: float) -> dict[str, object]:
    assert outcome.pace is not None
    assert outcome.backlog is not None
    load, backlog = outcome.pace.load, outcome.backlog
    return {
        "ratio": round(our_rate / their_rate, 2),
        "acknowledged_per_second": round(our_rate, 1),
        "peer_per_second": round(their_rate, 1),
        "paced_per_second": round(load.per_second, 1),
        "paced_p99_ms": round(load.wait_ms(0.99), 1),
        "backlog_events": backlog.events,
        "backlog_left": backlog.left,
        "backlog_objects": backlog.objects,
        "backlog_fetches": backlog.fetches,
        "backlog_seconds": round(backlog.seconds, 1),
        "fetch_latency_ms": round(outcome.latency * 1000),
        "cores": os.cpu_count(),
        "load_average": round(outcome.load_before, 1),
    }


def _median(loads: Sequence[Load]) -> float:
    return median(each.per_second for each in loads)
