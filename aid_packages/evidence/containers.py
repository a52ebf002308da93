"""Walks through a finished JPEG byte by byte, and refuses whatever a picture doesn't need.

We make the files ourselves, from pixels; this is the second look, by rules that know nothing of the library that made them.
"""

_JFIF = b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
"""The one header that is allowed: version 1.1, no density, no small picture."""
_TABLES = {0xDB: "quantisation", 0xC4: "Huffman"}
_LENGTHS = {0xDB: (67, 132), 0xC4: (19, 420)}


class Unexpected(ValueError):
    """Something in a file that is not its picture. Never expected in what we make. `where` is the byte's position."""

    def __init__(self, what: str, *, where: int) -> None:
        super().__init__(f"{what} at byte {where}")
        self.where = where


def walk_jpeg(content: bytes) -> None:
    """Raises Unexpected unless this is a baseline JPEG of header, tables, one frame, one scan and its end."""
    if content[:2] != b"\xff\xd8":
        raise Unexpected("no beginning", where=0)
    place, frames, headers = 2, 0, 0
    while True:
        if content[place : place + 1] != b"\xff" or place + 4 > len(content):
            raise Unexpected("no marker", where=place)
        marker = content[place + 1]
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        body = content[place + 4 : place + 2 + length]
        if length < 2 or len(body) != length - 2:
            raise Unexpected("a cut segment", where=place)
        if marker == 0xE0 and body == _JFIF and place == 2:
            headers += 1
        elif marker in _TABLES and _LENGTHS[marker][0] <= length <= _LENGTHS[marker][1]:
            _walk_tables(marker, body, place)
        elif marker == 0xC0 and length == 17 and body[0] == 8 and body[5] == 3:
            frames += 1
        elif marker == 0xDA and (frames, headers, length) == (1, 1, 12):
            _walk_scan(content, place + 2 + length)
            return
        else:
            raise Unexpected(f"segment {marker:02x}", where=place)
        place += 2 + length


def _walk_tables(marker: int, body: bytes, place: int) -> None:
    """A segment of tables is exactly as long as the tables in it."""
    at = 0
    while at < len(body):
        if marker == 0xDB:
            at += 65
        else:
            at += 17 + sum(body[at + 1 : at + 17])
    if at != len(body):
        raise Unexpected(f"more than {_TABLES[marker]} tables", where=place)


def _walk_scan(content: bytes, start: int) -> None:
    """From the scan's first byte the next marker is the end, and after the end comes nothing."""
    place = content.find(b"\xff", start)
    while place != -1 and content[place + 1 : place + 2] == b"\x00":
        place = content.find(b"\xff", place + 2)
    if place == -1 or content[place + 1 : place + 2] != b"\xd9":
        raise Unexpected("no end of the picture", where=max(place, start))
    if place + 2 != len(content):
        raise Unexpected("bytes after the picture", where=place + 2)
