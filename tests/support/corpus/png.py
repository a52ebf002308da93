"""PNG files that say too much, and some that can't be read."""

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from random import Random

from PIL import Image

from tests.support.corpus.jpeg import icc_profile, xmp_packet, zipped
from tests.support.corpus.markers import PERSON, TEXT, VILLAGE
from tests.support.corpus.tiff import exif

BEGINNING = b"\x89PNG\r\n\x1a\n"
IHDR = 33
"""The first byte after the signature and the header."""


def plain(random: Random, mode: str = "RGB", **options: object) -> bytes:
    size = (random.randrange(24, 90), random.randrange(24, 90))
    noise = Image.frombytes("L", size, random.randbytes(size[0] * size[1]))
    file = io.BytesIO()
    if mode == "I;16":
        Image.frombytes(mode, size, random.randbytes(size[0] * size[1] * 2)).save(file, "PNG")
    else:
        noise.convert(mode).save(file, "PNG", **options)
    return file.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_chunks(picture: bytes, *chunks: bytes) -> bytes:
    return picture[:IHDR] + b"".join(chunks) + picture[IHDR:]


def text(body: str = TEXT) -> bytes:
    return chunk(b"tEXt", b"Comment\x00" + body.encode())


def compressed_text() -> bytes:
    return chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(TEXT.encode()))


def wide_text(*, deflated: bool) -> bytes:
    body = zlib.compress(TEXT.encode()) if deflated else TEXT.encode()
    return chunk(b"iTXt", b"Location\x00" + bytes([deflated, 0]) + b"pl\x00Miejsce\x00" + body)


def xmp() -> bytes:
    return chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + xmp_packet())


def profile() -> bytes:
    return chunk(b"iCCP", VILLAGE.encode() + b"\x00\x00" + zlib.compress(icc_profile()))


def moving(random: Random) -> bytes:
    frames = [Image.new("RGB", (30, 20), (shade, 0, random.randrange(256))) for shade in (0, 120, 240)]
    file = io.BytesIO()
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:], duration=100)
    return with_chunks(file.getvalue(), text())


def seen_through(random: Random) -> bytes:
    """A palette with a transparent colour, and a comment in the palette's own suggested one."""
    picture = plain(random, "P", transparency=0)
    return with_chunks(picture, chunk(b"sPLT", PERSON.encode() + b"\x00\x08" + VILLAGE.encode().ljust(18, b"\x00")))


def claims(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of this size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(2_000_000), 9)
    return BEGINNING + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


MAKERS: Mapping[str, Callable[[Random], bytes]] = {
    "text": lambda r: with_chunks(plain(r), text()),
    "compressed text": lambda r: with_chunks(plain(r), compressed_text()),
    "wide text": lambda r: with_chunks(plain(r), wide_text(deflated=False)),
    "wide compressed text": lambda r: with_chunks(plain(r), wide_text(deflated=True)),
    "exif": lambda r: with_chunks(plain(r), chunk(b"eXIf", exif(order=r.choice("<>")))),
    "raw exif": lambda r: with_chunks(plain(r), text("Raw profile type exif\n" + exif().hex())),
    "xmp": lambda r: with_chunks(plain(r), xmp()),
    "profile": lambda r: with_chunks(plain(r), profile()),
    "own chunk": lambda r: with_chunks(plain(r), chunk(b"gpSx", TEXT.encode()), chunk(b"caBX", TEXT.encode())),
    "text at the end": lambda r: plain(r)[:-12] + text() + plain(r)[-12:],
    "text after it": lambda r: plain(r) + TEXT.encode(),
    "archive after it": lambda r: plain(r) + zipped(),
    "sixteen bits": lambda r: with_chunks(plain(r, "I;16"), text()),
    "see-through": lambda r: with_chunks(plain(r, "RGBA"), chunk(b"eXIf", exif())),
    "palette": seen_through,
    "grey and see-through": lambda r: with_chunks(plain(r, "LA"), compressed_text()),
    "black and white": lambda r: with_chunks(plain(r, "1"), text()),
    "everything": lambda r: (
        with_chunks(
            plain(r), text(), compressed_text(), wide_text(deflated=True), xmp(), profile(), chunk(b"eXIf", exif())
        )
        + zipped()
    ),
}
REFUSED: Mapping[str, Callable[[Random], bytes]] = {
    "moving": moving,
    "a bomb": lambda r: claims(r.randrange(30_000, 60_000), r.randrange(30_000, 60_000)),
    "the largest": lambda r: claims(2**31 - 1, 2**31 - 1 - r.randrange(9)),
    "less than it says": lambda r: claims(6_000 + r.randrange(9), 6_000),
    "cut": lambda r: with_chunks(plain(r), text())[: IHDR + len(text()) + r.randrange(8, 60)],
    "text bomb": lambda r: with_chunks(
        plain(r), chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(80_000_000 + r.randrange(9)), 9))
    ),
}
