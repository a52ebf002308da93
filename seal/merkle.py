"""The Merkle tree of RFC 6962 and RFC 9162: leaf SHA256(0x00 || data), node SHA256(0x01 || left || right).

Sizes are checked, hashes are 32 bytes, and an empty tree proves nothing: its root is defined, no proof of it is accepted.
"""

import hashlib
from collections.abc import Sequence

HASH_BYTES = 32
Range = tuple[int, int]
"""From a leaf's number to the one after the last."""
EMPTY_ROOT = hashlib.sha256(b"").digest()


class NoSuchProof(ValueError):
    """The tree is too small for what is asked. Expected of whoever asks for any number."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, pairing level by level; the odd one at the end moves up as it is."""
    if not hashes:
        return EMPTY_ROOT
    sha256 = hashlib.sha256
    level = list(hashes)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [
            sha256(b"\1" + left + right).digest() for left, right in zip(level[0::2], level[1::2], strict=False)
        ] + odd
    return level[0]


def inclusion(*, hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The path from the leaf at `index` to the root, nearest first (RFC 6962, 2.1.1). Raises NoSuchProof."""
    return [root_of(hashes[low:high]) for low, high in inclusion_ranges(index=index, size=len(hashes))]


def consistency(*, hashes: Sequence[bytes], first: int) -> list[bytes]:
    """That the first `first` leaves are the beginning of all (RFC 6962, 2.1.2). Raises NoSuchProof."""
    return [root_of(hashes[low:high]) for low, high in consistency_ranges(first=first, size=len(hashes))]


def inclusion_ranges(*, index: int, size: int) -> list[Range]:
    """Over which leaves each hash of an inclusion path stands, nearest first. Raises NoSuchProof."""
    if not 0 <= index < size:
        raise NoSuchProof(f"{index} of {size}")
    low, high, ranges = 0, size, []
    while high - low > 1:
        half = low + _below(high - low)
        ranges.append((half, high) if index < half else (low, half))
        low, high = (low, half) if index < half else (half, high)
    return ranges[::-1]


def consistency_ranges(*, first: int, size: int) -> list[Range]:
    """Over which leaves each hash of a consistency proof stands. Raises NoSuchProof."""
    if not 0 < first <= size:
        raise NoSuchProof(f"{first} of {size}")
    low, high, whole, ranges = 0, size, True, []
    while high != first:
        half = low + _below(high - low)
        if first <= half:
            ranges.append((half, high))
            high = half
        else:
            ranges.append((low, half))
            low, whole = half, False
    return ([] if whole else [(low, high)]) + ranges[::-1]


def subtrees(low: int, high: int) -> list[tuple[int, int]]:
    """The complete trees (level, number in the level) that a range is made of, left to right, where it begins a subtree."""
    found = []
    while low < high:
        level = (high - low).bit_length() - 1
        found.append((level, low >> level))
        low += 1 << level
    return found


def folded(hashes: Sequence[bytes]) -> bytes:
    """The root over complete trees, as `subtrees` names them."""
    *rest, root = hashes
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


def includes(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from the leaf's hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _all_hashes([leaf, root, *path]):
        return False
    place, last, running = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place % 2 or place == last:
            running = node_hash(step, running)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            running = node_hash(running, step)
        place, last = place >> 1, last >> 1
    return last == 0 and running == root


def is_consistent(*, first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree of `second` leaves begins with the one of `first` (RFC 9162, 2.1.4.2). An empty one proves nothing."""
    if not 0 < first <= second or not _all_hashes([first_root, second_root, *path]):
        return False
    if first == second:
        return not path and first_root == second_root
    steps = [first_root, *path] if first & (first - 1) == 0 else list(path)
    if not steps:
        return False
    place, last = first - 1, second - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    older = newer = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            newer = node_hash(newer, step)
        place, last = place >> 1, last >> 1
    return last == 0 and older == first_root and newer == second_root


def _below(size: int) -> int:
    """The largest power of two that is smaller."""
    return 1 << ((size - 1).bit_length() - 1)


def _all_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
