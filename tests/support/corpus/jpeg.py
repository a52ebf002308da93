"""JPEG files that say too much: one maker for each way in which they do."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from random import Random

from PIL import Image

from tests.support.corpus.markers import CAMERA, PERSON, ROUTE, TEXT, VILLAGE
from tests.support.corpus.tiff import exif

GUID = b"0123456789ABCDEF0123456789ABCDEF"


def plain(random: Random, mode: str = "RGB", **options: object) -> bytes:
    """A picture with something in it."""
    size = (random.randrange(24, 140), random.randrange(24, 140))
    noise = Image.frombytes("L", size, random.randbytes(size[0] * size[1])).resize((size[0] * 2, size[1] * 2))
    file = io.BytesIO()
    noise.convert(mode).save(file, "JPEG", quality=random.choice((60, 80, 95)), **options)
    return file.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_segments(picture: bytes, *segments: bytes) -> bytes:
    """The picture with segments after its beginning."""
    return picture[:2] + b"".join(segments) + picture[2:]


def xmp_packet() -> bytes:
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        f' exif:GPSLatitude="52,42.2478N" exif:GPSLongitude="23,50.8572E"><dc:creator>{PERSON}</dc:creator>'
        f"<dc:description>{TEXT.replace('<', '&lt;')}</dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    ).encode()


def xmp() -> bytes:
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + xmp_packet())


def extended_xmp() -> bytes:
    packet = b"<rdf:RDF>" + TEXT.encode() * 200 + b"</rdf:RDF>"
    parts = [packet[at : at + 60_000] for at in range(0, len(packet), 60_000)]
    head = b"http://ns.adobe.com/xmp/extension/\x00" + GUID
    return b"".join(
        segment(0xE1, head + struct.pack(">II", len(packet), 60_000 * number) + part)
        for number, part in enumerate(parts)
    )


def exif_segment(**options: object) -> bytes:
    return segment(0xE1, b"Exif\x00\x00" + exif(**options))


def iptc() -> bytes:
    facts = {5: VILLAGE, 25: "52.70413", 80: PERSON, 90: VILLAGE, 92: VILLAGE, 116: CAMERA, 120: TEXT}
    records = b"".join(
        struct.pack(">BBBH", 0x1C, 2, number, len(text)) + text.encode() for number, text in facts.items()
    )
    return segment(0xED, b"Photoshop 3.0\x00" + resource(0x0404, records) + resource(0x03F0, VILLAGE.encode()))


def resource(number: int, body: bytes) -> bytes:
    return b"8BIM" + struct.pack(">HHI", number, 0, len(body)) + body + b"\x00" * (len(body) % 2)


def icc_profile() -> bytes:
    text = b"text\x00\x00\x00\x00" + TEXT.encode() + b"\x00"
    described = b"desc\x00\x00\x00\x00" + struct.pack(">I", len(VILLAGE) + 1) + VILLAGE.encode() + b"\x00" * 80
    tags = ((b"cprt", text), (b"desc", described))
    at, table, bodies = 128 + 4 + 12 * len(tags), b"", b""
    for name, body in tags:
        table += name + struct.pack(">II", at + len(bodies), len(body))
        bodies += body
    length = at + len(bodies)
    head = struct.pack(">I4sI4s4s4s", length, b"KANR", 0x04200000, b"mntr", b"RGB ", b"XYZ ") + b"\x00" * 12 + b"acsp"
    return head.ljust(128, b"\x00") + struct.pack(">I", len(tags)) + table + bodies


def icc() -> bytes:
    return segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + icc_profile())


def jfif_thumbnail() -> bytes:
    pixels = (VILLAGE + PERSON).encode().ljust(16 * 16 * 3, b"\x00")[: 16 * 16 * 3]
    return segment(0xE0, b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x10\x10" + pixels)


def second_picture(random: Random) -> bytes:
    return with_segments(plain(random), exif_segment(), segment(0xFE, TEXT.encode()))


def mpf(random: Random) -> bytes:
    """Two pictures in one file, as telephones store a large one and its preview."""
    second = second_picture(random)
    entries = struct.pack(">IIIHH", 0x20030000, 0, 0, 0, 0) + struct.pack(">IIIHH", 0, len(second), 0, 0, 0)
    table = struct.pack(">H", 3) + struct.pack(">HHI4s", 0xB000, 7, 4, b"0100") + struct.pack(">HHII", 0xB001, 4, 1, 2)
    table += struct.pack(">HHII", 0xB002, 7, 32, 50) + struct.pack(">I", 0)
    body = b"MPF\x00MM\x00*" + struct.pack(">I", 8) + table + entries
    return with_segments(plain(random), exif_segment(), segment(0xE2, body)) + second


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("trasa.gpx", (2026, 11, 7, 3, 14, 14)), ROUTE * 3)
    return file.getvalue()


def film() -> bytes:
    return (
        struct.pack(">I", 24) + b"ftypmp42" + b"\x00" * 12 + struct.pack(">I", len(TEXT) + 8) + b"udta" + TEXT.encode()
    )


MAKERS: Mapping[str, Callable[[Random], bytes]] = {
    "exif": lambda r: with_segments(plain(r), exif_segment(order=r.choice("<>"))),
    "exif turned": lambda r: with_segments(plain(r), exif_segment(order=r.choice("<>"), orientation=r.randrange(1, 9))),
    "exif with a small picture": lambda r: with_segments(plain(r), exif_segment(thumbnail=second_picture(r)[:40_000])),
    "exif twice": lambda r: with_segments(plain(r), exif_segment(), exif_segment(order=">")),
    "exif cut short": lambda r: with_segments(
        plain(r), segment(0xE1, (b"Exif\x00\x00" + exif())[: r.randrange(400, 700)])
    ),
    "xmp": lambda r: with_segments(plain(r), xmp()),
    "extended xmp": lambda r: with_segments(plain(r), xmp(), extended_xmp()),
    "iptc": lambda r: with_segments(plain(r), iptc()),
    "icc": lambda r: with_segments(plain(r), icc()),
    "comment": lambda r: with_segments(plain(r), segment(0xFE, TEXT.encode())),
    "wide comment": lambda r: with_segments(plain(r), segment(0xFE, TEXT.encode("utf-16-le"))),
    "comment before the scan": lambda r: plain(r).replace(b"\xff\xda", segment(0xFE, TEXT.encode()) + b"\xff\xda", 1),
    "jfif thumbnail": lambda r: b"\xff\xd8" + jfif_thumbnail() + plain(r)[20:],
    "jfxx thumbnail": lambda r: with_segments(plain(r), segment(0xE0, b"JFXX\x00\x10" + second_picture(r)[:60_000])),
    "mpf": mpf,
    "unknown segments": lambda r: with_segments(
        plain(r), *(segment(number, b"KANAR\x00" + TEXT.encode()) for number in (0xE3, 0xE4, 0xE9, 0xEB, 0xEC, 0xEF))
    ),
    "text after it": lambda r: plain(r) + TEXT.encode(),
    "archive after it": lambda r: plain(r) + zipped(),
    "film after it": lambda r: plain(r) + film(),
    "picture after it": lambda r: plain(r) + second_picture(r),
    "page in it": lambda r: with_segments(plain(r), segment(0xFE, b"<html><script>" + TEXT.encode() + b"</script>")),
    "pdf in it": lambda r: with_segments(plain(r), segment(0xFE, b"%PDF-1.4\n" + TEXT.encode())) + b"\n%%EOF",
    "progressive": lambda r: with_segments(plain(r, progressive=True), exif_segment(), xmp()),
    "restarts": lambda r: with_segments(plain(r, restart_marker_rows=1), exif_segment(), iptc()),
    "grey": lambda r: with_segments(plain(r, mode="L"), exif_segment(), icc()),
    "cmyk": lambda r: with_segments(plain(r, mode="CMYK"), exif_segment(), xmp()),
    "everything": lambda r: (
        with_segments(mpf(r), exif_segment(), xmp(), extended_xmp(), iptc(), icc(), segment(0xFE, TEXT.encode()))
        + zipped()
    ),
}
"""What has to come out as a picture."""


def oversized(random: Random) -> bytes:
    """A small file that says it is 65,500 pixels wide and high."""
    picture = with_segments(plain(random), exif_segment())
    frame = picture.index(b"\xff\xc0") + 5
    return picture[:frame] + struct.pack(">HH", 65_500, 65_500) + picture[frame + 4 :]


def cut(random: Random) -> bytes:
    picture = with_segments(plain(random), exif_segment())
    scan = picture.index(b"\xff\xda")
    return picture[: random.randrange(40, scan + (len(picture) - scan) // 2)]


REFUSED: Mapping[str, Callable[[Random], bytes]] = {
    "oversized": oversized,
    "cut": cut,
    "not a picture": lambda r: b"\xff\xd8\xff\xe1" + TEXT.encode() + r.randbytes(400),
}
"""What has to be refused."""
