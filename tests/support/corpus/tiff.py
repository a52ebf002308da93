"""EXIF by hand: places, cameras, owners, maker notes, and a small second picture with secrets of its own."""

import struct
from collections.abc import Sequence

from tests.support.corpus.markers import CAMERA, PERSON, ROUTE, TEXT, VILLAGE, WHEN, rationals

ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 2, 3, 4, 5, 7
_SIZES = {ASCII: 1, SHORT: 2, LONG: 4, RATIONAL: 8, UNDEFINED: 1}
Entry = tuple[int, int, bytes | int]


def exif(*, order: str = "<", orientation: int = 1, thumbnail: bytes = b"") -> bytes:
    """A TIFF block as it stands in a picture's EXIF. `order` is "<" or ">"."""
    header = (b"II*\x00" if order == "<" else b"MM\x00*") + struct.pack(f"{order}I", 8)
    maker_note = b"KANAR\x00\x01\x00" + TEXT.encode() + rationals(order) + rationals(order, longitude=True)
    inner: list[Entry] = [
        (0x9003, ASCII, WHEN.encode() + b"\x00"),
        (0x927C, UNDEFINED, maker_note),
        (0x9286, UNDEFINED, b"ASCII\x00\x00\x00" + ROUTE.encode()),
        (0xA430, ASCII, PERSON.encode() + b"\x00"),
        (0xA431, ASCII, CAMERA.encode() + b"\x00"),
    ]
    place: list[Entry] = [
        (1, ASCII, b"N\x00"),
        (2, RATIONAL, rationals(order)),
        (3, ASCII, b"E\x00"),
        (4, RATIONAL, rationals(order, longitude=True)),
        (27, UNDEFINED, b"ASCII\x00\x00\x00" + VILLAGE.encode()),
        (29, ASCII, b"2026:11:07\x00"),
    ]
    first: list[Entry] = [
        (0x010E, ASCII, TEXT.encode() + b"\x00"),
        (0x010F, ASCII, b"Kanar\x00"),
        (0x0110, ASCII, CAMERA.encode() + b"\x00"),
        (0x0112, SHORT, orientation),
        (0x0132, ASCII, WHEN.encode() + b"\x00"),
        (0x013B, ASCII, PERSON.encode() + b"\x00"),
        (0x8769, LONG, 0),
        (0x8825, LONG, 0),
        (0x9C9C, UNDEFINED, VILLAGE.encode("utf-16-le")),
    ]
    start = 8
    inner_at = start + _length(first)
    place_at = inner_at + _length(inner)
    small_at = place_at + _length(place)
    first = [(tag, kind, {0x8769: inner_at, 0x8825: place_at}.get(tag, value)) for tag, kind, value in first]
    parts = [_ifd(first, order, start, small_at if thumbnail else 0), _ifd(inner, order, inner_at, 0)]
    parts.append(_ifd(place, order, place_at, 0))
    if thumbnail:
        small: list[Entry] = [(0x0103, SHORT, 6), (0x0201, LONG, 0), (0x0202, LONG, len(thumbnail))]
        picture_at = small_at + _length(small)
        parts += [_ifd([small[0], (0x0201, LONG, picture_at), small[2]], order, small_at, 0), thumbnail]
    return header + b"".join(parts)


def _ifd(entries: Sequence[Entry], order: str, at: int, following: int) -> bytes:
    table, values = b"", b""
    values_at = at + 6 + 12 * len(entries)
    for tag, kind, value in entries:
        if isinstance(value, int):
            raw = struct.pack(f"{order}H2x" if kind == SHORT else f"{order}I", value)
            table += struct.pack(f"{order}HHI", tag, kind, 1) + raw
            continue
        count = len(value) // _SIZES[kind]
        if len(value) <= 4:
            table += struct.pack(f"{order}HHI", tag, kind, count) + value.ljust(4, b"\x00")
        else:
            table += struct.pack(f"{order}HHII", tag, kind, count, values_at + len(values))
            values += value + b"\x00" * (len(value) % 2)
    return struct.pack(f"{order}H", len(entries)) + table + struct.pack(f"{order}I", following) + values


def _length(entries: Sequence[Entry]) -> int:
    padded = (len(value) + len(value) % 2 for _tag, _kind, value in entries if not isinstance(value, int))
    return 6 + 12 * len(entries) + sum(length for length in padded if length > 4)
