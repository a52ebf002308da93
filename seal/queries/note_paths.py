"""The path of one note in a file of a million, in well under a millisecond: from the groups of 128 that were hashed before."""

import hashlib
from bisect import bisect_right

from django.db import connection

from seal.merkle import HASH_BYTES
from seal.queries.log import leaf_of_report

GROUP = 128
CHUNK = 16_384
_PAIR = 2 * HASH_BYTES

FILE = "SELECT id, leaves, tops FROM seal_notesfile WHERE report = %s AND root = %s"
# The group is the last one whose first leaf isn't behind ours. All groups of a piece are unpacked once, and searched in memory.
GROUP_OF = """
    WITH piece AS MATERIALIZED (
        SELECT leaves, groups || ''::bytea AS groups FROM seal_noteschunk WHERE file_id = %(file)s AND position = %(chunk)s
    )
    SELECT piece.groups, found.number, substring(piece.leaves FROM found.number * %(size)s + 1 FOR %(size)s)
      FROM piece CROSS JOIN LATERAL (
           SELECT max(number) AS number FROM generate_series(0, length(piece.groups) / %(pair)s - 1) number
            WHERE substring(piece.groups FROM number * %(pair)s + %(hash)s + 1 FOR %(hash)s) <= %(leaf)s) found
"""


def note_path(*, report: str, leaf: bytes, root: str | None = None) -> tuple[int, list[bytes]] | None:
    """(index, path to the root) of a leaf in a report's file of notes; None if it isn't there. Two queries.

    Without `root` it is the file that the log names, which costs one query more.
    merkle.includes accepts it with the leaf's hash, the file's number of leaves and its root.
    """
    named = root or (leaf_of_report(report=report) or {}).get("notes_root")
    with connection.cursor() as cursor:
        cursor.execute(FILE, [report, named])
        file = cursor.fetchone()
        if file is None or not file[1] or len(leaf) != HASH_BYTES:
            return None
        file_id, size, tops = file
        chunk_roots, chunk_firsts = _pairs(tops)
        chunk = bisect_right(chunk_firsts, leaf) - 1
        if chunk < 0:
            return None
        sizes = {"size": GROUP * HASH_BYTES, "pair": _PAIR, "hash": HASH_BYTES}
        asked = {"file": file_id, "chunk": chunk, "leaf": leaf, **sizes}
        cursor.execute(GROUP_OF, asked)
        groups, group, found = cursor.fetchone()
    content = bytes(found)
    leaves = [content[start : start + HASH_BYTES] for start in range(0, len(content), HASH_BYTES)]
    if leaf not in leaves:
        return None
    inner = leaves.index(leaf)
    group_roots, _ = _pairs(groups)
    sha256 = hashlib.sha256
    below = _path([sha256(b"\0" + each).digest() for each in leaves], inner)
    path = [*below, *_path(group_roots, group), *_path(chunk_roots, chunk)]
    assert len(group_roots) == -(-min(CHUNK, size - chunk * CHUNK) // GROUP)
    return chunk * CHUNK + group * GROUP + inner, path


def _pairs(content: bytes | memoryview) -> tuple[list[bytes], list[bytes]]:
    """Roots, and first leaves."""
    read = bytes(content)
    roots = [read[start : start + HASH_BYTES] for start in range(0, len(read), _PAIR)]
    return roots, [read[start : start + HASH_BYTES] for start in range(HASH_BYTES, len(read), _PAIR)]


def _path(hashes: list[bytes], index: int) -> list[bytes]:
    """From one of these hashes to the root over them, nearest first: all levels in one pass. As merkle.inclusion."""
    sha256, level, path = hashlib.sha256, hashes, list[bytes]()
    while len(level) > 1:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[0::2], level[1::2], strict=False)
        level = [sha256(b"\1" + left + right).digest() for left, right in pairs] + odd
        index >>= 1
    return path
