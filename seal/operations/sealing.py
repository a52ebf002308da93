"""Breaking a report's gifts into notes, and keeping their leaves in sorted order.

Leaves are hashes, so sorting them is a shuffle: it says nothing of whose they are, comes out the same each time, and puts
two equal ones side by side. The loops stay close to hashlib: a month may hold a million notes.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from operator import eq
from typing import NamedTuple

from django.db import connection, transaction

from seal.merkle import HASH_BYTES, root_of
from seal.models import NotesChunk, NotesFile
from seal.notes import SEED_BYTES, break_into_notes, leaf_tail, numbered, salt_message
from seal.summary import Counts, NotesSummary

GROUP_LEVEL = 7
"""A group is 2^7 leaves. A path hashes a group, the groups of its piece and the pieces: about as many of each."""
CHUNK_LEAVES = 16_384
"""A power of two: the root over the pieces' roots is the root over all."""
Given = tuple[str, int]
"""A fund, and a sum in minor units."""
Note = tuple[bytes, bytes]
"""What to ask a note's salt with, and what follows the salt in its leaf."""
_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


class SealedGift(NamedTuple):
    """What one gift brought one fund, in minor units. `seed` is 32 bytes; None: nobody will look for it, any will do."""

    seed: bytes | None
    fund: str
    amount_minor: int


class Piece(NamedTuple):
    """Up to CHUNK_LEAVES leaves, as they are kept."""

    root: bytes
    leaves: bytes
    groups: bytes


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
    content, hashes = _in_order(leaves, report=report)
    pieces = list(_pieces(content, hashes))
    root = root_of([piece.root for piece in pieces]).hex()
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
                "tops": b"".join(piece.root + piece.leaves[:HASH_BYTES] for piece in pieces),
            },
        )
        if is_new:
            _keep(file, pieces)
    return NotesSummary(root=root, leaves=len(leaves), sum_minor=total, counts=counts, file=file.pk)


def _keep(file: NotesFile, pieces: list[Piece]) -> None:
    """Copied as they are: written out as text, tens of megabytes would be twice as many."""
    copied = f"COPY {NotesChunk._meta.db_table} (file_id, position, leaves, groups) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(copied) as copy:
        copy.set_types(["int8", "int4", "bytea", "bytea"])
        for position, piece in enumerate(pieces):
            copy.write_row((file.pk, position, piece.leaves, piece.groups))


def _leaves(*, report: str, donee: str, gifts: Iterable[SealedGift]) -> tuple[list[bytes], Counts]:
    """Every leaf, and how many there are of each kind. HMAC (RFC 2104) is written out: three plain calls a note."""

    @cache
    def note(fund: str, denomination: int, index: int) -> Note:
        """What to ask its salt with, and what follows the salt. Sums are many, notes of a fund a few dozen."""
        return (
            salt_message(donee=donee, report=report, fund=fund, denomination=denomination, index=index),
            leaf_tail(donee=donee, report=report, fund=fund, denomination=denomination),
        )

    sha256, leaves, plans, times = hashlib.sha256, list[bytes](), dict[Given, list[Note]](), dict[Given, int]()
    broken: dict[Given, list[int]] = {}
    keep = leaves.extend
    for seed, fund, amount_minor in gifts:
        key = seed if seed is not None else secrets.token_bytes(SEED_BYTES)
        if len(key) != SEED_BYTES:
            raise BadSeed(fund)
        given = fund, amount_minor
        notes = plans.get(given)
        if notes is None:
            broken[given] = break_into_notes(amount_minor)
            notes = plans[given] = [note(fund, *each) for each in numbered(broken[given])]
        times[given] = times.get(given, 0) + 1
        padded = key.ljust(_BLOCK, b"\0")
        inner, outer = padded.translate(_INNER), padded.translate(_OUTER)
        keep(
            [
                sha256(sha256(outer + sha256(inner + message).digest()).digest() + tail).digest()
                for message, tail in notes
            ]
        )
    return leaves, _counted(times, broken)


def _counted(times: dict[Given, int], broken: dict[Given, list[int]]) -> Counts:
    """Notes by fund and denomination, of how often each sum was given to each fund. In order, so that bytes stay equal."""
    counts: Counts = {}
    for given, gifts in times.items():
        mine = counts.setdefault(given[0], {})
        for denomination in broken[given]:
            mine[denomination] = mine.get(denomination, 0) + gifts
    return {fund: dict(sorted(counts[fund].items())) for fund in sorted(counts)}


def _in_order(leaves: list[bytes], *, report: str) -> tuple[bytes, list[bytes]]:
    """All leaves sorted, one after the other; and their hashes in the tree. Raises DoubledNote.

    By their first byte first: what is sorted, compared and hashed at a time then is small enough for the processor's memory.
    """
    shelves: list[list[bytes]] = [[] for _ in range(256)]
    for leaf in leaves:
        shelves[leaf[0]].append(leaf)
    sha256, parts, hashes = hashlib.sha256, list[bytes](), list[bytes]()
    for shelf in shelves:
        shelf.sort()
        if any(map(eq, shelf, islice(shelf, 1, None))):
            raise DoubledNote(report)
        parts.append(b"".join(shelf))
        hashes += [sha256(b"\0" + leaf).digest() for leaf in shelf]
    return b"".join(parts), hashes


def _pieces(content: bytes, hashes: list[bytes]) -> Iterator[Piece]:
    """The sorted leaves in pieces, each with its root."""
    for start in range(0, len(hashes), CHUNK_LEAVES):
        leaves = content[start * HASH_BYTES : (start + CHUNK_LEAVES) * HASH_BYTES]
        yield _piece(leaves, hashes[start : start + CHUNK_LEAVES])


def _piece(leaves: bytes, hashes: list[bytes]) -> Piece:
    """Of each 128 leaves their root and the first of them, by which a note's path is found at once; and the piece's root."""
    sha256, level = hashlib.sha256, hashes
    for _ in range(GROUP_LEVEL):
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[0::2], level[1::2], strict=False)
        level = [sha256(b"\1" + left + right).digest() for left, right in pairs] + odd
    step = HASH_BYTES << GROUP_LEVEL
    groups = [root + leaves[step * number : step * number + HASH_BYTES] for number, root in enumerate(level)]
    return Piece(root=root_of(level), leaves=leaves, groups=b"".join(groups))
