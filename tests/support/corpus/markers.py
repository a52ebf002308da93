"""What is planted, and how it is looked for. The place and the person are invented."""

import base64
import re
import struct
import zlib
from collections.abc import Iterator
from urllib.parse import quote

LATITUDE, LONGITUDE = "52.70413", "23.84762"
COORDINATES = (LATITUDE, LONGITUDE)
VILLAGE = "Kanarkowo Dolne"
PERSON = "Zofia Kanarkowska"
CAMERA = "KANAR-9000 no. 77341"
WHEN = "2026:11:07 03:14:15"
ROUTE = (
    f'<gpx><trk><name>{VILLAGE}</name><trkpt lat="{LATITUDE}" lon="{LONGITUDE}"><time>2026-11-07T03:14:15Z</time></trkpt>'
    "</trk></gpx>"
)
WORDS = (LATITUDE, LONGITUDE, VILLAGE, PERSON, CAMERA, WHEN, "2026-11-07T03:14:15")
TEXT = f"{VILLAGE}, {PERSON}, {LATITUDE}, {LONGITUDE}, {CAMERA}, {WHEN} {ROUTE}"
RATIONALS = ((52, 1), (42, 1), (148_680, 10_000)), ((23, 1), (50, 1), (514_320, 10_000))
"""The same place in degrees, minutes and seconds, as EXIF writes it."""


def rationals(order: str, *, longitude: bool = False) -> bytes:
    """A coordinate as three fractions in the byte order "<" or ">"."""
    return b"".join(struct.pack(f"{order}II", *part) for part in RATIONALS[int(longitude)])


def found_in(content: bytes) -> list[str]:
    """What of the planted stands in the bytes: plain, in wide letters, hex, base64, backwards, as fractions, or deflated."""
    found = [name for name, needle in needles() if needle in content]
    for stream in _inflated(content):
        found += [f"{name}, deflated" for name, needle in needles() if needle in stream]
    return found


def needles() -> Iterator[tuple[str, bytes]]:
    """Every form in which a planted word is looked for."""
    for word in WORDS:
        plain = word.encode()
        yield word, plain
        yield f"{word} backwards", plain[::-1]
        yield f"{word} in capitals", plain.upper()
        yield f"{word} in hex", plain.hex().encode()
        yield f"{word} in an address", quote(word, safe="").encode()
        for wide in ("utf-16-le", "utf-16-be", "utf-32-le"):
            yield f"{word} in {wide}", word.encode(wide)
        for shift in range(3):
            yield f"{word} in base64", base64.b64encode(b" " * shift + plain)[4:-4]
    for order in "<>":
        for longitude in (False, True):
            yield "coordinates as fractions", rationals(order, longitude=longitude)
            number = float(LONGITUDE if longitude else LATITUDE)
            yield "coordinates as doubles", struct.pack(f"{order}d", number)


def _inflated(content: bytes) -> Iterator[bytes]:
    """Whatever can be inflated, from wherever a stream could begin."""
    for begin in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", content):
        try:
            stream = zlib.decompressobj().decompress(content[begin.start() :], 1_000_000)
        except zlib.error:
            continue
        if stream:
            yield stream
    for begin in re.finditer(rb"PK\x03\x04", content):
        try:
            name, extra = struct.unpack("<HH", content[begin.start() + 26 : begin.start() + 30])
            yield zlib.decompressobj(-15).decompress(content[begin.start() + 30 + name + extra :], 1_000_000)
        except (zlib.error, struct.error):
            continue
