"""The log as static tiles (C2SP tlog-tiles): hashes by level, and the leaves themselves."""

from collections.abc import Iterator

from seal.models import Checkpoint, LogEntry
from seal.queries.nodes import roots_of

WIDTH = 256
"""Hashes in a full tile."""
GROUP = 1_000
MOST_LEVELS = 6


def tile(*, level: int, index: int, width: int = WIDTH) -> bytes | None:
    """The hashes of a tile: `width` of them, each over 256^level leaves. None if the log isn't that long."""
    size = _size()
    if not (0 <= level < MOST_LEVELS and index >= 0 and 0 < width <= WIDTH):
        return None
    span = WIDTH**level
    if (index * WIDTH + width) * span > size:
        return None
    numbers = range(index * WIDTH, index * WIDTH + width)
    return b"".join(roots_of([(number * span, (number + 1) * span) for number in numbers]))


def entries_tile(*, index: int, width: int = WIDTH) -> bytes | None:
    """The leaves of a tile, each after its length in two bytes. None if the log isn't that long."""
    if not (index >= 0 and 0 < width <= WIDTH) or index * WIDTH + width > _size():
        return None
    rows = LogEntry.objects.filter(position__gte=index * WIDTH, position__lt=index * WIDTH + width).order_by("position")
    contents = [bytes(row) for row in rows.values_list("content", flat=True)]
    return b"".join(len(content).to_bytes(2, "big") + content for content in contents)


def tile_paths() -> Iterator[tuple[str, bytes]]:
    """Every tile there is, full and partial, under its path ("tile/0/000.p/3"): what a mirror keeps."""
    size = _size()
    for level in range(MOST_LEVELS):
        hashes = size // WIDTH**level
        for index, width in _parts(hashes):
            found = tile(level=level, index=index, width=width)
            assert found is not None
            yield f"tile/{level}/{path_of(index=index, width=width)}", found
    for index, width in _parts(size):
        found = entries_tile(index=index, width=width)
        assert found is not None
        yield f"tile/entries/{path_of(index=index, width=width)}", found


def path_of(*, index: int, width: int = WIDTH) -> str:
    """A tile's number in groups of three digits, all but the last after an x; a partial one says its width."""
    groups = [f"{index % GROUP:03d}"]
    while index >= GROUP:
        index //= GROUP
        groups.insert(0, f"x{index % GROUP:03d}")
    return "/".join(groups) + ("" if width == WIDTH else f".p/{width}")


def index_in(path: str) -> int | None:
    """The number that a path of groups says ("x001/234"); None unless it is written as path_of writes it."""
    digits = path.replace("/", "").replace("x", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 12 or path_of(index=int(digits)) != path:
        return None
    return int(digits)


def _parts(hashes: int) -> Iterator[tuple[int, int]]:
    yield from ((index, WIDTH) for index in range(hashes // WIDTH))
    if hashes % WIDTH:
        yield hashes // WIDTH, hashes % WIDTH


def _size() -> int:
    return Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
