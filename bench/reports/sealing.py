"""Sealing a million notes beside the bare hashing it can't do without, and how quickly a proof is made."""

import hashlib
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from seal.notes import break_into_notes, leaf, numbered
from seal.operations import SealedGift, append, seal_notes
from seal.queries import consistency_proof, inclusion_proof, note_path

HASHES_OF_A_NOTE = 5
"""Two of its salt (HMAC), one of the leaf, one of the leaf in the tree, one of the tree above it."""
LOG_ENTRIES = 1_000
PROOFS = 200
FUND = "WARM-NIGHT"
REPORT = "2026-10-r1"
NOW = datetime(2026, 11, 16, 6, tzinfo=UTC)


def seal(notes: int) -> dict[str, float]:
    """Seconds for so many notes, to their rows in the database, and for as many hashlib calls in a bare loop."""
    gifts = list(_gifts(notes))
    count = sum(len(break_into_notes(gift.amount_minor)) for gift in gifts)
    calls = count * HASHES_OF_A_NOTE
    bare = [_bare(calls)]
    started = time.perf_counter()
    summary = seal_notes(report=REPORT, donee="DONEE", gifts=gifts)
    seconds = time.perf_counter() - started
    bare.append(_bare(calls))
    assert summary.leaves == count
    floor = sum(bare) / len(bare)
    return {
        "note_proof_milliseconds": _note_proofs(gifts, root=summary.root),
        "notes": count,
        "sealing_seconds": round(seconds, 2),
        "hashlib_calls": calls,
        "hashlib_seconds": round(floor, 2),
        "sealing_ratio": round(seconds / floor, 2),
    }


def _note_proofs(gifts: list[SealedGift], *, root: str) -> float:
    """Milliseconds of one note's path to the root, as its donor's proof file holds it (median)."""
    times = []
    for gift in gifts[:: len(gifts) // PROOFS]:
        assert gift.seed is not None
        denomination, index = numbered(break_into_notes(gift.amount_minor))[0]
        own = leaf(seed=gift.seed, donee="DONEE", report=REPORT, fund=FUND, denomination=denomination, index=index)
        started = time.perf_counter()
        found = note_path(report=REPORT, leaf=own, root=root)
        times.append(time.perf_counter() - started)
        assert found is not None
    return round(statistics.median(times) * 1000, 3)


def prove() -> dict[str, float]:
    """Milliseconds of an inclusion and a consistency proof in a log as long as decades of publishing make it."""
    for number in range(LOG_ENTRIES):
        record = {
            "slug": f"bench-{number}-r1",
            "revision": 1,
            "sha256": hashlib.sha256(str(number).encode()).hexdigest(),
        }
        append(kind="report", record=record, now=NOW)
    times = []
    for number in range(PROOFS):
        started = time.perf_counter()
        inclusion_proof(index=number * LOG_ENTRIES // PROOFS, size=LOG_ENTRIES)
        middle = time.perf_counter()
        consistency_proof(first=1 + number * LOG_ENTRIES // PROOFS, second=LOG_ENTRIES)
        times += [middle - started, time.perf_counter() - middle]
    return {"proof_milliseconds": round(statistics.median(times) * 1000, 3)}


def _gifts(notes: int) -> Iterator[SealedGift]:
    made = number = 0
    while made < notes:
        amount = 2000 + (number * 7919) % 49000
        yield SealedGift(seed=hashlib.sha256(number.to_bytes(8)).digest(), fund=FUND, amount_minor=amount)
        made += len(break_into_notes(amount))
        number += 1


def _bare(calls: int) -> float:
    """As many calls on as many bytes as a leaf's, and nothing else."""
    data, sha256 = b"\0" * 64, hashlib.sha256
    started = time.perf_counter()
    for _ in range(calls):
        sha256(data).digest()
    return time.perf_counter() - started
