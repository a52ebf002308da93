"""Breaking a report's gifts into notes, and keeping their leaves in sorted order.

Leaves are hashes, so sorting them is a shuffle: it says nothing of whose they are, comes out the same each time, and puts
two equal ones side by side. The loops stay close to hashlib: a month may hold a million notes.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from operator import eq
from typing import NamedTuple

from django.db import transaction

from seal.merkle import HASH_BYTES, root_of
from seal.models import NotesChunk, NotesFile
from seal.notes import SEED_BYTES, break_into_notes, leaf_tail, numbered, salt_message
from seal.summary import Counts, NotesSummary

GROUP_LEVEL = 8
"""A group is 2^8 leaves."""
CHUNK_LEAVES = 65_536
"""A power of two: the root over the pieces' roots is the root over all."""
_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


class SealedGift(NamedTuple):
    """What one gift brought one fund, in minor units. `seed` is 32 bytes; None: nobody will look for it, any will do."""

    seed: bytes | None
    fund: str
    amount_minor: int


class DoubledNote(Exception):
    """Two notes are the same: one gift was handed in twice for one fund. Never expected; its report must not be built."""


class BadSeed(ValueError):
    """A seed isn't 32 bytes. Never expected."""


def seal_notes(*, report: str, donee: str, gifts: Iterable[SealedGift]) -> NotesSummary:
    """Keeps the leaves of all notes of a report ("2026-11-r1") and says their root, number and counts.

    The same gifts give the same file, kept once; other gifts under the same name another one beside it. A gift to several
    funds comes once for each. Nothing of it is shown before a leaf of the log names the report. Raises DoubledNote,
    BadSeed, notes.NotAnAmount, notes.BadName.
    """
    leaves, counts = _leaves(report=report, donee=donee, gifts=gifts)
    leaves.sort()
    if any(map(eq, leaves, islice(leaves, 1, None))):
        raise DoubledNote(report)
    pieces = [_piece(chunk) for chunk in _chunks(leaves)]
    root = root_of([top for top, _ in pieces]).hex()
    total = sum(value * count for by_value in counts.values() for value, count in by_value.items())
    with transaction.atomic():
        file, is_new = NotesFile.objects.get_or_create(
            report=report,
            root=root,
            defaults={
                "donee": donee,
                "leaves": len(leaves),
                "sum_minor": total,
                "counts": counts,
                "tops": b"".join(top + groups[HASH_BYTES : 2 * HASH_BYTES] for top, groups in pieces),
            },
        )
        if is_new:
            for position, (chunk, (_, groups)) in enumerate(zip(_chunks(leaves), pieces, strict=True)):
                NotesChunk.objects.create(file=file, position=position, leaves=b"".join(chunk), groups=groups)
    return NotesSummary(root=root, leaves=len(leaves), sum_minor=total, counts=counts, file=file.pk)


def _leaves(*, report: str, donee: str, gifts: Iterable[SealedGift]) -> tuple[list[bytes], Counts]:
    """Every leaf, and how many there are of each kind. HMAC (RFC 2104) is written out: three plain calls a note."""

    @lru_cache(maxsize=100_000)
    def plan(fund: str, amount_minor: int) -> list[tuple[bytes, bytes]]:
        """Of each note that this sum breaks into: what to ask its salt with, and what follows the salt."""
        return [
            (
                salt_message(donee=donee, report=report, fund=fund, denomination=denomination, index=index),
                leaf_tail(donee=donee, report=report, fund=fund, denomination=denomination),
            )
            for denomination, index in numbered(break_into_notes(amount_minor))
        ]

    sha256, leaves, times = hashlib.sha256, list[bytes](), dict[tuple[str, int], int]()
    keep = leaves.extend
    for seed, fund, amount_minor in gifts:
        key = seed if seed is not None else secrets.token_bytes(SEED_BYTES)
        if len(key) != SEED_BYTES:
            raise BadSeed(fund)
        padded = key.ljust(_BLOCK, b"\0")
        inner, outer = padded.translate(_INNER), padded.translate(_OUTER)
        keep(
            [
                sha256(sha256(outer + sha256(inner + message).digest()).digest() + tail).digest()
                for message, tail in plan(fund, amount_minor)
            ]
        )
        times[fund, amount_minor] = times.get((fund, amount_minor), 0) + 1
    return leaves, _counted(times)


def _counted(times: dict[tuple[str, int], int]) -> Counts:
    """Notes by fund and denomination, of how often each sum was given to each fund. In order, so that bytes stay equal."""
    counts: Counts = {}
    for (fund, amount_minor), gifts in times.items():
        mine = counts.setdefault(fund, {})
        for denomination in break_into_notes(amount_minor):
            mine[denomination] = mine.get(denomination, 0) + gifts
    return {fund: dict(sorted(counts[fund].items())) for fund in sorted(counts)}


def _chunks(leaves: list[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(leaves), CHUNK_LEAVES):
        yield leaves[start : start + CHUNK_LEAVES]


def _piece(chunk: list[bytes]) -> tuple[bytes, bytes]:
    """A piece's root; and of each 256 leaves their root and the first of them, by which a note's path is found at once."""
    sha256 = hashlib.sha256
    level = [sha256(b"\0" + leaf).digest() for leaf in chunk]
    for _ in range(GROUP_LEVEL):
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[0::2], level[1::2], strict=False)
        level = [sha256(b"\1" + left + right).digest() for left, right in pairs] + odd
    firsts = chunk[:: 1 << GROUP_LEVEL]
    return root_of(level), b"".join(root + first for root, first in zip(level, firsts, strict=True))
