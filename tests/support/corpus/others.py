"""WebP and PDF that say too much, and everything that isn't taken at all."""

import io
import struct
from collections.abc import Callable, Mapping
from random import Random

import pypdf
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject, RectangleObject, TextStringObject

from aid_packages.evidence.encode import pdf_of
from tests.support.corpus import jpeg
from tests.support.corpus.markers import PERSON, ROUTE, TEXT, VILLAGE
from tests.support.corpus.tiff import exif


def webp(random: Random, **options: object) -> bytes:
    size = (random.randrange(24, 140), random.randrange(24, 140))
    noise = Image.frombytes("L", size, random.randbytes(size[0] * size[1]))
    file = io.BytesIO()
    noise.convert("RGB").save(file, "WEBP", **options)
    return file.getvalue()


def riff(picture: bytes, name: bytes, body: bytes) -> bytes:
    """The picture with one more chunk inside."""
    more = name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2)
    return picture[:4] + struct.pack("<I", len(picture) - 8 + len(more)) + picture[8:] + more


def moving_webp(random: Random) -> bytes:
    frames = [Image.new("RGB", (30, 20), (shade, 0, random.randrange(256))) for shade in (0, 120, 240)]
    file = io.BytesIO()
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], duration=100, exif=exif())
    return file.getvalue()


def pdf(random: Random, *, pages: int = 1, **wanted: object) -> bytes:
    """Pages that are planted photographs, with a title, an attachment and a script if wanted; or locked."""
    picture = jpeg.with_segments(jpeg.plain(random), jpeg.exif_segment(), jpeg.xmp())
    width, height = Image.open(io.BytesIO(picture)).size
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_of([(width, height, picture)] * pages)))
    if wanted.get("titled"):
        writer.add_metadata({"/Author": PERSON, "/Title": VILLAGE, "/Subject": TEXT})
    if wanted.get("attached"):
        writer.add_attachment("trasa.gpx", ROUTE.encode())
        script = TextStringObject(f"app.alert('{VILLAGE}')")
        action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): script})
        writer.root_object[NameObject("/OpenAction")] = action
    if wanted.get("locked"):
        writer.encrypt("tajne")
    if wanted.get("wide"):
        writer.pages[0].mediabox = RectangleObject((0, 0, 200_000, 200_000))
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def box(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + b"\x00\x00\x00\x00" + b"mif1" + TEXT.encode()


def saved(form: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (20, 20), "green").save(file, form)
    return file.getvalue() + TEXT.encode()


MAKERS: Mapping[str, Callable[[Random], bytes]] = {
    "webp exif": lambda r: webp(r, exif=exif(order=r.choice("<>"))),
    "webp exif turned": lambda r: webp(r, exif=exif(orientation=r.randrange(1, 9))),
    "webp xmp": lambda r: webp(r, xmp=jpeg.xmp_packet()),
    "webp profile": lambda r: webp(r, icc_profile=jpeg.icc_profile()),
    "webp without loss": lambda r: webp(r, lossless=True, exif=exif(), xmp=jpeg.xmp_packet()),
    "webp own chunk": lambda r: riff(webp(r, exif=exif()), b"gpSx", TEXT.encode()),
    "webp text after it": lambda r: webp(r, exif=exif()) + TEXT.encode(),
    "webp archive after it": lambda r: webp(r) + jpeg.zipped(),
    "pdf of photographs": pdf,
    "pdf titled": lambda r: pdf(r, titled=True, pages=2),
    "pdf with files": lambda r: pdf(r, titled=True, attached=True),
    "pdf text after it": lambda r: pdf(r) + TEXT.encode(),
}
REFUSED: Mapping[str, Callable[[Random], bytes]] = {
    "webp moving": moving_webp,
    "webp cut": lambda r: webp(r, exif=exif())[: r.randrange(20, 60)],
    "webp of nothing": lambda r: b"RIFF" + struct.pack("<I", 400) + b"WEBPVP8 " + TEXT.encode(),
    "pdf of many pages": lambda r: pdf(r, pages=21 + r.randrange(3)),
    "pdf locked": lambda r: pdf(r, locked=True),
    "pdf of great pages": lambda r: pdf(r, wide=True),
    "pdf cut": lambda r: pdf(r)[: r.randrange(60, 90)],
    "svg": lambda r: f'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><desc>{TEXT}</desc></svg>'.encode(),
    "svg after a comment": lambda r: f"<!-- {VILLAGE} -->\n<svg><script>{PERSON}</script></svg>".encode(),
    "heic": lambda r: box(r.choice((b"heic", b"heix", b"mif1"))),
    "film": lambda r: box(r.choice((b"mp42", b"isom", b"qt  "))),
    "avif": lambda r: box(b"avif"),
    "matroska": lambda r: b"\x1a\x45\xdf\xa3" + TEXT.encode(),
    "gif": lambda r: saved("GIF"),
    "tiff": lambda r: exif(),
    "bmp": lambda r: saved("BMP"),
    "archive": lambda r: jpeg.zipped(),
    "page": lambda r: f"<html><body>{TEXT}</body></html>".encode(),
    "words": lambda r: TEXT.encode(),
    "nothing": lambda r: b"",
}
