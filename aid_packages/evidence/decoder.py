"""Turns a picture or a PDF into bare pixels. Run as a program of its own, one process for each file, and never imported.

    python -I decoder.py jpeg|png|webp|pdf < file > pixels

Before it reads the first byte it gives up everything that it doesn't need: it can open no file and no connection any more,
make no process, and use only so much memory and time. So what a hostile file could make of it is a wrong picture, or its
own death. It answers on standard output, and whoever started it believes nothing but sizes and pixels:

    b"sheet---", width, height (4 bytes each, big-endian), width * height * 3 bytes of RGB, for each page; then b"the-end-"
    b"refused-" and sixteen bytes that name the reason
"""

import importlib
import io
import os
import resource
import struct
import sys
from collections.abc import Iterator
from types import ModuleType

from PIL import Image

LONGEST_SIDE = 2000
"""Pixels of a picture's longer side afterwards: enough to read an invoice, too few for a face in a crowd."""
MOST_PIXELS = 50_000_000
MOST_PAGES = 20
DOTS_PER_POINT = 150 / 72
MEMORY_BYTES = 1 << 30
CPU_SECONDS = 30
"""Fifteen times what fifty megapixels take on a quiet machine: a slow one refuses no honest photograph."""
ORIENTATION = 0x0112
REFUSED = b"refused-"
SHEET = b"sheet---"
END = b"the-end-"
READERS = {
    "jpeg": "PIL.JpegImagePlugin",
    "png": "PIL.PngImagePlugin",
    "webp": "PIL.WebPImagePlugin",
    "pdf": "pypdfium2",
}
"""The one reader of each kind; the others are not even loaded."""
ALSO_NEEDED = "PIL.TiffImagePlugin"
"""Reads how the camera was held."""


class Refused(Exception):
    """A file that is not decoded; the argument names the reason in at most sixteen letters."""


def give_up_everything() -> None:
    """No file, no connection, no process any more; so much memory and time, and not more. There is no way back."""
    for limit, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        # The last: no new descriptor can be had, neither of a file nor of a socket. The three that are open stay.
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def photograph(picture: Image.Image) -> Image.Image:
    """One picture as bare RGB, upright, and not larger than is needed."""
    if getattr(picture, "n_frames", 1) > 1:
        raise Refused("moving")
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise Refused("pixels")
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    picture.load()
    turned = orientation(picture)
    plain = in_rgb(smaller(picture))
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return plain.transpose(turned) if turned is not None else plain


def smaller(picture: Image.Image) -> Image.Image:
    """Not larger than is needed, before anything makes copies of it: fifty megapixels are two hundred megabytes each time."""
    if picture.mode in ("P", "PA"):
        seen_through = picture.mode == "PA" or "transparency" in picture.info
        picture = picture.convert("RGBA" if seen_through else "RGB")
    elif picture.mode == "1":
        picture = picture.convert("L")
    if picture.mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return picture


def orientation(picture: Image.Image) -> Image.Transpose | None:
    """How the camera was held, where the file says so in a way that can be read."""
    try:
        held = picture.getexif().get(ORIENTATION)
    except Exception:  # noqa: BLE001 -- whatever is wrong with what we throw away anyway is no reason to refuse a picture
        return None
    return {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }.get(held)


def in_rgb(picture: Image.Image) -> Image.Image:
    """The pixels in eight bits of red, green and blue; what is transparent becomes paper."""
    if picture.mode in ("I", "F"):
        picture = Image.frombytes("L", picture.size, picture.point(lambda value: value / 256).convert("L").tobytes())
    elif picture.mode.startswith("I;16"):
        high = 0 if picture.mode.endswith("B") else 1
        picture = Image.frombytes("L", picture.size, picture.tobytes()[high::2])
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or (picture.mode == "P" and "transparency" in picture.info):
        paper = Image.new("RGBA", picture.size, "white")
        paper.alpha_composite(picture.convert("RGBA"))
        picture = paper
    return Image.frombytes("RGB", picture.size, picture.convert("RGB").tobytes())


def pages(reader: ModuleType, content: bytes) -> Iterator[Image.Image]:
    """Each page of a PDF, drawn. Its forms, scripts and attachments are not looked at."""
    try:
        document = reader.PdfDocument(content)
    except reader.PdfiumError as error:
        raise Refused("locked" if "assword" in str(error) else "damaged") from error
    if len(document) > MOST_PAGES:
        raise Refused("pages")
    if not len(document):
        raise Refused("damaged")
    for page in document:
        width, height = page.get_size()
        if not (1 <= width <= 20_000 and 1 <= height <= 20_000):
            raise Refused("pixels")
        scale = min(DOTS_PER_POINT, LONGEST_SIDE / max(width, height))
        drawn = page.render(scale=scale, may_draw_forms=False, rev_byteorder=True)
        yield in_rgb(drawn.to_pil())
        drawn.close()
        page.close()


def decoded(kind: str, reader: ModuleType, content: bytes) -> Iterator[Image.Image]:
    """The pages of the file, which is of this kind and no other: nothing is guessed."""
    if kind == "pdf":
        yield from pages(reader, content)
        return
    opener = {"jpeg": "JpegImageFile", "png": "PngImageFile", "webp": "WebPImageFile"}[kind]
    yield photograph(getattr(reader, opener)(io.BytesIO(content)))


def answer(kind: str, reader: ModuleType, content: bytes) -> None:
    for sheet in decoded(kind, reader, content):
        write(SHEET + struct.pack(">II", *sheet.size))
        write(sheet.tobytes())
    write(END)


def write(content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(1, left) :]


def read() -> bytes:
    parts = []
    while part := os.read(0, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def main() -> int:
    Image.MAX_IMAGE_PIXELS = None  # our own limit is asked before anything is decoded
    kind = sys.argv[1]
    # Loaded before, because afterwards no file can be opened, and so no module either.
    reader = importlib.import_module(READERS[kind])
    importlib.import_module(ALSO_NEEDED)
    give_up_everything()
    try:
        answer(kind, reader, read())
    except Refused as refusal:
        write(REFUSED + str(refusal).encode().ljust(16))
    except MemoryError:
        write(REFUSED + b"heavy".ljust(16))
    except Exception:  # noqa: BLE001 -- a hostile file may raise anything; what it says is not passed on
        write(REFUSED + b"damaged".ljust(16))
    return 0


if __name__ == "__main__":
    sys.exit(main())
