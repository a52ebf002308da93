"""Makes new files from pixels: a JPEG of one picture, a PDF of pictures. Nothing of the file that came in reaches them."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL import Image

from aid_packages.evidence.containers import Unexpected, walk_jpeg
from aid_packages.evidence.kinds import NotTaken, NotTakenReason, TakenKind, kind_of
from aid_packages.evidence.pixels import Sheet, sheets_of

QUALITY = 82
POINTS_PER_PIXEL = 72 / 150


@dataclass(frozen=True)
class Made:
    """A file of ours."""

    content: bytes
    media_type: str
    pages: int
    kind: TakenKind
    """What it was made from."""


def made_anew(content: bytes) -> Made:
    """A new file from the pixels of the one that was sent: a JPEG from a picture, a PDF of pictures from a PDF.

    Raises NotTaken with its reason.
    """
    kind = kind_of(content)
    pictures = [(sheet.width, sheet.height, jpeg_of(sheet)) for sheet in sheets_of(content=content, kind=kind)]
    if kind is TakenKind.PDF:
        return Made(pdf_of(pictures), "application/pdf", len(pictures), kind)
    return Made(pictures[0][2], "image/jpeg", 1, kind)


def jpeg_of(sheet: Sheet) -> bytes:
    """The picture as a baseline JPEG that holds the picture and nothing else. Raises NotTaken(LEAKS) if it doesn't."""
    picture = Image.frombytes("RGB", (sheet.width, sheet.height), sheet.rgb)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=QUALITY, progressive=False, optimize=False, subsampling="4:2:0")
    content = file.getvalue()
    try:
        walk_jpeg(content)
    except Unexpected as unexpected:
        raise NotTaken(NotTakenReason.LEAKS) from unexpected
    return content


def pdf_of(pictures: Sequence[tuple[int, int, bytes]]) -> bytes:
    """Pages that are a picture each (width, height, JPEG). No title, no author, no date, no name of a program."""
    count = len(pictures)
    kids = " ".join(f"{3 + 3 * number} 0 R" for number in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [ {kids} ] /Count {count} >>".encode(),
    ]
    for number, (width, height, jpeg) in enumerate(pictures):
        objects += _page(3 + 3 * number, width, height, jpeg)
    return _file(objects)


def _page(first: int, width: int, height: int, jpeg: bytes) -> Iterable[bytes]:
    """The page, what it draws, and its picture."""
    wide, high = round(width * POINTS_PER_PIXEL, 2), round(height * POINTS_PER_PIXEL, 2)
    drawing = f"q {wide} 0 0 {high} 0 0 cm /P Do Q".encode()
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 {wide} {high} ] /Contents {first + 1} 0 R"
        f" /Resources << /XObject << /P {first + 2} 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8"
        b" /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream" % (width, height, len(jpeg), jpeg),
    )


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
